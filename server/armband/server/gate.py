"""What a peer may cost the office, above all before anybody knows who it is.

Pure: moments are seconds of one clock that the caller reads. All that is kept is bounded, whatever
comes: when a table is full, what was heard of longest ago is forgotten.
"""

from __future__ import annotations

import ipaddress
from collections import Counter, OrderedDict
from dataclasses import dataclass
from hashlib import blake2b

from armband.server import bounds

_PREFIX_V6 = 64


def address_of(peer: str) -> str:
    """What is counted as one address: the host of ``HOST:PORT``; of IPv6 the network it is in.

    Whoever has one address of a /64 network usually has them all.
    """
    host = peer.rpartition(":")[0] or peer
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), _PREFIX_V6), strict=False))
    return host


class Seats:
    """How many are in at once, in all and by address."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._taken: Counter[str] = Counter()
        self.total = 0

    def take(self, address: str) -> bool:
        """Take a seat, if one is free."""
        if self.total >= self._most or self._taken[address] >= self._most_of_one:
            # Asking for an unknown address must not leave it in the table.
            self._taken += Counter()
            return False
        self._taken[address] += 1
        self.total += 1
        return True

    def leave(self, address: str) -> None:
        """Give the seat back."""
        self.total -= 1
        self._taken[address] -= 1
        if not self._taken[address]:
            del self._taken[address]


@dataclass(slots=True)
class _Failures:
    count: int
    until_s: float


class Penalties:
    """Who has failed often is listened to later, and later each time.

    The first `bounds.FREE_FAILURES` cost nothing; from then on each doubles the wait, from
    `bounds.FIRST_PENALTY_S` to `bounds.LONGEST_PENALTY_S`. After `bounds.FORGIVEN_AFTER_S` without
    one, all is forgotten.
    """

    def __init__(self, room: int = bounds.REMEMBERED) -> None:
        self._room = room
        self._failures: OrderedDict[str | bytes, _Failures] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failures)

    def failed(self, who: str | bytes, now_s: float) -> None:
        """Count a failure of an address or a code."""
        known = self._failures.pop(who, None)
        if known is None or now_s >= known.until_s + bounds.FORGIVEN_AFTER_S:
            known = _Failures(0, now_s)
        known.count += 1
        beyond = known.count - bounds.FREE_FAILURES
        if beyond > 0:
            # The exponent is bounded before it is used: 2 to the power of a flood is no float.
            penalty_s = bounds.FIRST_PENALTY_S * 2.0 ** min(beyond - 1, 30)
            known.until_s = now_s + min(penalty_s, bounds.LONGEST_PENALTY_S)
        else:
            known.until_s = now_s
        self._failures[who] = known
        if len(self._failures) > self._room:
            self._failures.popitem(last=False)

    def wait_s(self, who: str | bytes, now_s: float) -> float:
        """Seconds until this one is listened to again; 0 when it is now."""
        known = self._failures.get(who)
        return max(0.0, known.until_s - now_s) if known is not None else 0.0

    def forgive(self, who: str | bytes) -> None:
        """It has proved who it is."""
        self._failures.pop(who, None)


class Seen:
    """The proofs that let somebody in last: each is good for one challenge, so none comes twice."""

    def __init__(self, room: int = bounds.REMEMBERED) -> None:
        self._room = room
        self._digests: OrderedDict[bytes, None] = OrderedDict()

    def __contains__(self, proof: bytes) -> bool:
        return _digest(proof) in self._digests

    def remember(self, proof: bytes) -> None:
        """It has let somebody in."""
        self._digests[_digest(proof)] = None
        if len(self._digests) > self._room:
            self._digests.popitem(last=False)


def _digest(proof: bytes) -> bytes:
    return blake2b(proof, digest_size=16).digest()


class Bucket:
    """A token bucket that slows and refuses nothing: it may be overdrawn, and then one waits.

    Args:
        per_s: what flows in each second.
        most: what it holds when nothing was taken for long.
        now_s: when it was filled.
    """

    def __init__(self, per_s: float, most: float, now_s: float) -> None:
        self._per_s = per_s
        self._most = most
        self._left = most
        self._at_s = now_s

    def take(self, amount: float, now_s: float) -> float:
        """Take ``amount``; seconds to wait before anything more is done for this peer."""
        self._left = min(self._most, self._left + (now_s - self._at_s) * self._per_s) - amount
        self._at_s = now_s
        return max(0.0, -self._left / self._per_s)


class Pace:
    """How fast one peer is served: its frames, and the operations in them."""

    def __init__(self, now_s: float) -> None:
        self._frames = Bucket(bounds.FRAMES_PER_S, bounds.FRAMES_AT_ONCE, now_s)
        self._ops = Bucket(bounds.OPS_PER_S, bounds.OPS_AT_ONCE, now_s)

    def wait_s(self, now_s: float, *, frames: float = 1, ops: int = 0) -> float:
        """Seconds to wait after this message; ``frames`` counts a costly one for several."""
        return max(self._frames.take(frames, now_s), self._ops.take(ops, now_s))
