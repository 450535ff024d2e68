"""``armband pin set|change|remove``, and the PIN that every command asks for."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from contextlib import suppress
from pathlib import Path

from armband.client import keyring, lock, rekeying
from armband.client.cli.output import Output
from armband.client.errors import NotAllowed, ReadingExpired, StoreMissing, Usage
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.keys import load_enrolment, made_store_key, store_key
from armband.client.store.peek import peek_contact, peek_person
from armband.client.store.store import STORE_FILE
from armband.client.world import real_environment

SCREENS = "screens"
WITHOUT_READING = frozenset({SCREENS, "sync", "status", "export_unsent", "pin", "doctor"})
"""Commands that show nobody's data. The screens look for themselves."""
PIN_VARIABLE, PERSON_VARIABLE, NEW_PIN_VARIABLE = "ARMBAND_PIN", "ARMBAND_PERSON", "ARMBAND_NEW_PIN"


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Change who may unlock this terminal; its PIN has been asked for already."""
    folder: Path = arguments.data
    environment = real_environment()
    with lock.hold(folder):
        key = made_store_key(folder, environment)
        person = arguments.person or os.environ.get(PERSON_VARIABLE) or keyring.person_of(folder)
        if not person:
            # The first one is whose terminal it is, unless somebody says otherwise.
            person = peek_person(folder / STORE_FILE, key) or load_enrolment(folder).terminal
        problem = keyring.person_problem(person)
        if problem:
            raise Usage(problem)
        if arguments.act == "remove":
            keyring.remove_person(folder, person)
            output.line(_("The PIN is removed."))
            return ExitCode.DONE
        if not keyring.may_set(folder, person):
            raise NotAllowed(
                _(
                    "only {person} changes this PIN; who forgot it is removed by another person "
                    "and added anew"
                ).format(person=person)
            )
        rekeying.set_pin(folder, person, _new_pin(), environment)
    output.line(
        _(
            "The PIN is set. Whoever forgets it enrols again; "
            "nobody can open this store without one."
        )
    )
    return ExitCode.DONE


def unlock(data_dir: Path, command: str) -> None:
    """Unlock DIR with ``ARMBAND_PIN``, or ask for the PIN where somebody sits at a terminal.

    The screens ask for it themselves.

    Raises:
        Locked: no PIN is at hand, or it is wrong.
        ReadingExpired: the last contact is too long ago for this command.
    """
    environment = real_environment()
    if keyring.state(data_dir, environment.now_ms()).is_unlocked:
        return
    pin = os.environ.get(PIN_VARIABLE)
    if pin is None and command == SCREENS:
        return
    if pin is None and sys.stdin.isatty():
        pin = getpass.getpass(_("PIN: "))
    if pin is None:
        keyring.key_of(data_dir)
    keyring.unlock(data_dir, os.environ.get(PERSON_VARIABLE, ""), pin or "", environment)
    if command not in WITHOUT_READING:
        _check_contact(data_dir, environment.now_ms())


def _check_contact(data_dir: Path, now_ms: int) -> None:
    with suppress(StoreMissing):
        last, days = peek_contact(data_dir / STORE_FILE, store_key(data_dir))
        if keyring.reading_expired(last, now_ms, days):
            raise ReadingExpired(
                _(
                    "the last contact with the office is more than {count} days ago: nothing is "
                    "shown until the next one. 'armband sync' makes it; 'armband export-unsent' "
                    "writes what waits into a file"
                ).format(count=days)
            )


def _new_pin() -> str:
    pin = os.environ.get(NEW_PIN_VARIABLE)
    if pin is None:
        if not sys.stdin.isatty():
            raise Usage(_("this terminal is locked: give the PIN, or set ARMBAND_PIN"))
        pin = getpass.getpass(_("new PIN: "))
        if getpass.getpass(_("the same again: ")) != pin:
            raise NotAllowed(_("the two are not the same: nothing was changed"))
    if len(pin) < keyring.SHORTEST_PIN:
        raise Usage(_("a PIN has at least {count} characters").format(count=keyring.SHORTEST_PIN))
    return pin
