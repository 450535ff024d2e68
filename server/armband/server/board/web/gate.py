"""Who may try a passphrase when, and who has: delays that grow, sessions that end. Pure of I/O.

Times are seconds of the event loop's clock.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass, field

from armband.shared.environment import Environment

FREE_TRIES = 3
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 900.0
FORGET_S = 3600.0
"""So long after the last delay an address begins anew."""
MAX_ADDRESSES = 1024
MAX_SESSIONS = 64
_TOKEN_BYTES = 32
_IPV6_NETWORK = 64


@dataclass
class Gate:
    """Counts tries by address; each one after the free ones doubles the delay."""

    _tries: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)

    def wait_s(self, address: str, now_s: float) -> float:
        """How long the address has to wait; 0: it may try, and the try counts as failed until
        `passed`, so that many at once are not many free ones."""
        key = _network(address)
        tries, until_s = self._tries.get(key, (0, 0.0))
        if now_s < until_s:
            return until_s - now_s
        if now_s > until_s + FORGET_S:
            tries = 0
        tries += 1
        over = tries - FREE_TRIES
        delay_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(over, 16)) if over >= 0 else 0.0
        self._tries[key] = (tries, now_s + delay_s)
        self._tries.move_to_end(key)
        if len(self._tries) > MAX_ADDRESSES:
            self._tries.popitem(last=False)
        return 0.0

    def passed(self, address: str) -> None:
        """The try was the right one."""
        self._tries.pop(_network(address), None)


def _network(address: str) -> str:
    """One household of addresses: an IPv6 network has more addresses than anybody can count."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _IPV6_NETWORK), strict=False))


@dataclass
class Sessions:
    """Who has logged in; a session ends by `end`, when nobody does anything for ``idle_s``, or
    when there is another passphrase."""

    environment: Environment
    idle_s: float
    _seen: OrderedDict[str, tuple[float, str]] = field(default_factory=OrderedDict)

    def begin(self, mark: str, now_s: float) -> str:
        """A new session's token; ``mark`` tells one passphrase from another."""
        token = self.environment.random_bytes(_TOKEN_BYTES).hex()
        self._seen[token] = (now_s, mark)
        if len(self._seen) > MAX_SESSIONS:
            self._seen.popitem(last=False)
        return token

    def lasts(self, token: str, mark: str, now_s: float) -> bool:
        """Whether the session has not ended."""
        seen_s, of = self._seen.get(token, (0.0, ""))
        if token in self._seen and (now_s - seen_s > self.idle_s or of != mark):
            self.end(token)
        return token in self._seen

    def touch(self, token: str, now_s: float) -> None:
        """Somebody did something."""
        if token in self._seen:
            self._seen[token] = (now_s, self._seen[token][1])
            self._seen.move_to_end(token)

    def end(self, token: str) -> None:
        """Somebody logged out."""
        self._seen.pop(token, None)
