"""What the office lets peers cost, beyond the protocol's bounds. OPERATIONS.md lists them all."""

from __future__ import annotations

MAX_CONNECTIONS = 4096
"""At once, in all."""
MAX_CONNECTIONS_PER_ADDRESS = 2048
"""At once; a whole office may stand behind one address."""
MAX_STRANGERS = 1024
"""Connections at once that have not been admitted yet, from the first packet on."""
MAX_STRANGERS_PER_ADDRESS = 256
"""Of these, from one address."""
MAX_CONNECTIONS_PER_TOKEN = 16
"""Connections at once with one script's token; a terminal has one."""
FREE_FAILURES = 5
"""Refused attempts that have no consequence."""
FIRST_PENALTY_S = 1.0
"""After the next one; each further one doubles it."""
LONGEST_PENALTY_S = 60.0
LONGEST_HOLD_S = 4.0
"""A refusal is held back for the penalty, but not for longer."""
FORGIVEN_AFTER_S = 900.0
"""Without a refused attempt, after the penalty's end."""
REMEMBERED = 4096
"""Addresses, codes, and proofs that are remembered; beyond, the oldest is forgotten."""
REFUSED_ROWS_PER_MINUTE = 60
"""Rows about refusals that the audit log gets in a minute; beyond, addresses are put together."""

FRAMES_PER_S = 200.0
"""Messages of one peer that are read; a faster one is slowed down."""
FRAMES_AT_ONCE = 1000.0
"""After a pause."""
OPS_PER_S = 2000.0
"""Operations of one peer."""
OPS_AT_ONCE = 20_000.0
COST_OF_ASKING = 10.0
"""For so many messages counts one that makes the office search: a subscription, a history."""
