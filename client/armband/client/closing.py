"""What the end of a connection means: in words, for the next attempt, and for a command."""

from __future__ import annotations

import enum

from armband.client.effects import OfficeWrites, Refused
from armband.client.errors import (
    BaseDiffers,
    ClientError,
    NotAllowed,
    OfficeUnreachable,
    ProtocolViolation,
    Usage,
)
from armband.client.i18n import N_, _
from armband.shared import wire
from armband.shared.transport import TransportClosed

Ended = TransportClosed | ProtocolViolation | ClientError


class Outlook(enum.Enum):
    """When to connect again."""

    SOON = "soon"
    """The office asks for it."""
    LATER = "later"
    HOPELESS = "hopeless"
    """Only a person can cure it; seldom attempts notice the cure."""


# A revoked terminal is let in once more to hand in what it holds, and learns there that it is one.
_SOON = frozenset({wire.CLOSE_EPOCH, wire.CLOSE_SCOPE_CHANGED, wire.CLOSE_REVOKED})
_NOT_ALLOWED = frozenset(
    {wire.CLOSE_NOT_ALLOWED, wire.CLOSE_REVOKED, wire.CLOSE_SIGNATURE, wire.CLOSE_REPLAYED}
)
_HOPELESS = frozenset(
    {
        wire.CLOSE_NOT_ALLOWED,
        wire.CLOSE_PROTOCOL,
        wire.CLOSE_REPLACED,
        wire.CLOSE_SIGNATURE,
        wire.CLOSE_REPLAYED,
    }
)

_WORDS = {
    wire.CLOSE_OFFICE_STOPS: N_("the office has stopped"),
    wire.CLOSE_REPLACED: N_("another process or computer uses this terminal's key"),
    wire.CLOSE_SIGNATURE: N_(
        "the office does not accept this terminal's signature: its key or the office's certificate "
        "is not what was enrolled; nothing is lost, ask the office"
    ),
    wire.CLOSE_REPLAYED: N_("the office has seen this very hello before: is somebody listening?"),
    wire.CLOSE_TOO_OFTEN: N_("too many attempts have failed from here; try again in a minute"),
}


_NOT_TAKING = {
    wire.CAUSE_FULL: N_("the office cannot take records just now: its disk is full"),
    wire.CAUSE_DAMAGED: N_("the office cannot take records just now: its store is damaged"),
    wire.CAUSE_FAILED: N_("the office cannot take records just now: its disk or program fails"),
}


def not_taking(state: OfficeWrites) -> str:
    """Why the office takes no records, in the words of the user's language."""
    cause = state.cause
    if not cause and state.reason == "the disk is full":
        # An office of the first release says it in words alone.
        cause = wire.CAUSE_FULL
    return _(_NOT_TAKING.get(cause, _NOT_TAKING[wire.CAUSE_FAILED]))


_CAUSES = {
    wire.CAUSE_UNKNOWN_KEY: N_(
        "the office does not know this terminal: it may have been put back to an older copy. What "
        "is recorded stays here; ask the office for a new code, then: armband enrol --again CODE"
    )
}


def outlook(ended: Ended) -> Outlook:
    """When to connect again after this end."""
    if isinstance(ended, ClientError):
        return Outlook.HOPELESS if isinstance(ended, NotAllowed) else Outlook.LATER
    if ended.code in _SOON:
        return Outlook.SOON
    return Outlook.HOPELESS if ended.code in _HOPELESS else Outlook.LATER


def problem_words(ended: Ended, refusal: Refused | None) -> str:
    """Why there is no connection now.

    Args:
        refusal: what the office said before it closed, if it did.
    """
    if isinstance(ended, ClientError):
        return str(ended)
    if isinstance(ended, BaseDiffers):
        return _("the records here differ from the office's and are fetched anew")
    if isinstance(ended, ProtocolViolation):
        return _("the office's answer makes no sense: ") + ended.problem
    said = refusal or Refused(ended.code, ended.reason)
    known = _WORDS.get(ended.code) or _CAUSES.get(said.cause)
    if known:
        return _(known)
    if said.reason:
        return _("the office says: ") + said.reason
    return _("the connection to the office broke")


def command_error(ended: Ended, refusal: Refused | None) -> ClientError:
    """The same as what a command says, with its exit code."""
    if isinstance(ended, ClientError):
        return ended
    words = problem_words(ended, refusal)
    if ended.code in _NOT_ALLOWED:
        return NotAllowed(words)
    if ended.code == wire.CLOSE_LIMIT:
        return Usage(words)
    return OfficeUnreachable(words)
