"""``armband pin set|change|remove``, and the PIN that every command asks for."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from armband.client import keyring, lock
from armband.client.cli.output import Output
from armband.client.errors import NotAllowed, Usage
from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.client.keys import load_enrolment, made_store_key
from armband.client.world import real_environment

PIN_VARIABLE, PERSON_VARIABLE, NEW_PIN_VARIABLE = "ARMBAND_PIN", "ARMBAND_PERSON", "ARMBAND_NEW_PIN"


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Change who may unlock this terminal; its PIN has been asked for already."""
    folder: Path = arguments.data
    person = arguments.person or os.environ.get(PERSON_VARIABLE) or load_enrolment(folder).terminal
    environment = real_environment()
    with lock.hold(folder):
        made_store_key(folder, environment)
        if arguments.act == "remove":
            keyring.remove_person(folder, person)
            output.line(_("The PIN is removed."))
            return ExitCode.DONE
        keyring.set_pin(folder, person, _new_pin(), environment)
    output.line(
        _(
            "The PIN is set. Whoever forgets it enrols again; "
            "nobody can open this store without one."
        )
    )
    return ExitCode.DONE


def unlock(data_dir: Path) -> None:
    """Unlock DIR with ``ARMBAND_PIN``, or ask for the PIN where somebody sits at a terminal.

    Raises:
        Locked: no PIN is at hand, or it is wrong.
    """
    environment = real_environment()
    if keyring.state(data_dir, environment.now_ms()).is_unlocked:
        return
    pin = os.environ.get(PIN_VARIABLE)
    if pin is None and sys.stdin.isatty():
        pin = getpass.getpass(_("PIN: "))
    if pin is None:
        keyring.key_of(data_dir)
    keyring.unlock(data_dir, os.environ.get(PERSON_VARIABLE, ""), pin or "", environment)


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
