"""Every checker, over a settled district (the numbers are those of the fault list)."""

from __future__ import annotations

from sim import check_figures, check_log, check_ops, check_records
from sim.check_replay import replay_changes_nothing
from sim.files import OfficeFile, TerminalFile, read_office, read_terminal
from sim.terminal_machine import TerminalMachine
from sim.world import World


async def check_all(world: World) -> list[str]:
    """Every broken invariant, as text."""
    assert world.office.office is not None
    problems = list(world.wiretap.problems)
    problems += [f"I14 audit: {each}" for each in (await world.office.office.audit()).differences]
    office = read_office(world)
    problems += check_office(world, office)
    files = [read_terminal(machine) for machine in world.originals]
    for machine, own in zip(world.originals, files, strict=True):
        problems += check_terminal(world, machine, own, office)
        world.trace.deeds["drop"] += own.dropped
    for machine in world.machines:
        if machine.twin_of is not None:
            own = read_terminal(machine)
            problems += check_ops.saved_is_on_the_terminal(world, machine, own)
            problems += check_ops.dropped_is_at_the_office(world, machine, own, office)
    problems += check_records.equal_places_have_equal_bases(files, office)
    problems += await replay_changes_nothing(world, world.office.office)
    return problems


def check_office(world: World, office: OfficeFile) -> list[str]:
    """What holds at the office by itself."""
    return [
        *check_ops.receipted_is_in_the_log(world, office),
        *check_ops.nothing_is_there_twice(office),
        *check_ops.forks_are_listed(world, office),
        *check_ops.epochs_have_a_cause(world, office),
        *check_log.chain_holds(office),
        *check_log.chains_rise(office),
        *check_log.clocks_follow_what_was_seen(office),
        *check_log.stamps_are_bounded(office, world.office.clock.newest_ms),
        *check_records.records_are_the_fold(office),
        *check_records.digests_prove_it(office),
        *check_records.deferred_are_replayed(office),
        *check_figures.cells_are_the_recount(office),
        *check_figures.parents_are_sums(office),
    ]


def check_terminal(
    world: World, machine: TerminalMachine, own: TerminalFile, office: OfficeFile
) -> list[str]:
    """What holds between one file and the office, while that terminal is settled."""
    return [
        *check_ops.saved_is_on_the_terminal(world, machine, own),
        *check_ops.dropped_is_at_the_office(world, machine, own, office),
        *check_ops.every_operation_is_in_one_place(own, office),
        *check_ops.cursors_and_witnesses_hold(own, office),
        *check_log.a_clock_is_not_behind_its_base(own),
        *check_records.base_is_the_scope(own, office),
        *check_records.screens_show_the_base(own, office),
        *check_records.nothing_held_lies_on_top(own, office),
        *check_figures.subscribers_know(own, office),
    ]
