"""The error tree of the shared core.

    ArmbandError
    ├── InvalidRecord      a field's value is not what its kind allows
    │   └── WrongStep      a record does not come into that state from where it stands
    ├── UnknownKind        no such kind of record in this release
    ├── InvalidUnit        a unit code is malformed
    ├── ClockOverflow      the logical clock has no room left (a broken wall clock)
    └── BadFrame           bytes from the other side are not a message of this protocol

Each error carries its parts as attributes, so that the two programs can phrase it in the
user's language; ``str(error)`` is the English form.
"""

from __future__ import annotations

from collections.abc import Mapping


class ArmbandError(Exception):
    """Base of every error that Armband raises on purpose."""


class InvalidRecord(ArmbandError):
    """A field's value is not what its kind allows: where, what was wrong, what would be right.

    Attributes:
        message: English message id; may name ``parts`` in braces.
        given: what was typed, where that is worth repeating.
        problem: all of that as one English text.
    """

    def __init__(
        self,
        kind: str,
        field: str,
        message: str,
        parts: Mapping[str, object] | None = None,
        given: str = "",
    ) -> None:
        problem = message.format(**parts) if parts else message
        self.problem = f"{given!r}: {problem}" if given else problem
        super().__init__(f"{kind}.{field}: {self.problem}")
        self.kind = kind
        self.field = field
        self.message = message
        self.given = given
        self.parts = parts or {}


class WrongStep(InvalidRecord):
    """A record does not come into that state from where it stands."""


class UnknownKind(ArmbandError):
    """No such kind of record in this release."""

    MESSAGE = "no kind of record is called {kind!r}"

    def __init__(self, kind: str) -> None:
        super().__init__(self.MESSAGE.format(kind=kind))
        self.kind = kind


class InvalidUnit(ArmbandError):
    """A unit code is not a path of lower-case words joined by ``/``."""

    MESSAGE = (
        "{code!r} is no unit code: words of a-z, 0-9 and '-' joined by '/', "
        "such as lianhu/yangguang/a1/g3"
    )

    def __init__(self, code: str) -> None:
        super().__init__(self.MESSAGE.format(code=code))
        self.code = code


class ClockOverflow(ArmbandError):
    """More than 65,536 stamps within one millisecond, or a clock past the year 10889."""


class BadFrame(ArmbandError):
    """Bytes from the other side are not a message of this protocol."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
