"""Which account of this machine asks: of this process, or at the other end of a local socket."""

from __future__ import annotations

import os
import pwd
import socket
import struct

from armband.server.audit_log import acting

_CREDENTIALS = struct.Struct("3i")


def account_name(uid: int) -> str:
    """``account NAME``; the number where it has no name."""
    try:
        return f"account {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"account {uid}"


def peer_account(sock: socket.socket) -> str:
    """Whose process has connected to a Unix socket, as the system knows it."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        # The socket's folder is its owner's alone: nobody else can have come in.
        return account_name(os.geteuid())
    raw = sock.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size)
    _pid, uid, _gid = _CREDENTIALS.unpack(raw)
    return account_name(uid)


def current_actor() -> str:
    """Who stands behind what runs now."""
    return acting.get("") or account_name(os.geteuid())
