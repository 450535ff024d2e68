"""Which exit code an error means: design section 12."""

from __future__ import annotations

from armband.server import errors
from armband.server.exit_codes import ExitCode
from armband.shared.errors import ArmbandError


class ControlRefused(errors.ServerError):
    """A running office refused a verb; the text and the exit code are its own."""

    def __init__(self, problem: str, exit_code: ExitCode) -> None:
        super().__init__(problem)
        self.exit_code = exit_code


class OfficeBusy(errors.StoreLocked):
    """Another process holds the office and does not answer; the text says what to do."""


def exit_code_of(error: ArmbandError) -> ExitCode:
    """The exit code of a command that ended with this error."""
    match error:
        case ControlRefused():
            return error.exit_code
        case errors.StoreMissing() | errors.StoreExists():
            return ExitCode.USAGE
        case errors.StoreError() | errors.OfficeCannotWrite():
            return ExitCode.STORE
        case errors.InviteRefused() | errors.RecoveryKeyWrong():
            return ExitCode.NOT_ALLOWED
        case errors.NotFound() | errors.BackupUnsound() | errors.AlreadyFrozen():
            return ExitCode.REFUSED
        case _:
            return ExitCode.USAGE
