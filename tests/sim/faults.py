"""Every kind of fault, by its name in the mixes and in the tally.

A fault is counted when it has really happened: a full disk when SQLite refused, a mangled frame
when the frame went by.
"""

from __future__ import annotations

from sim import fault_clerks, fault_network, fault_office, fault_terminal
from sim.database import Death
from sim.fault_kit import Trouble
from sim.proxy import Mischief

TROUBLES: dict[str, Trouble] = {
    "cut": fault_network.cut,
    "partition": fault_network.partition,
    "stall": fault_network.stall,
    "slow line": fault_network.slow_line,
    **{mischief.value: fault_network.proxy(mischief) for mischief in Mischief},
    "terminal crash": fault_terminal.terminal_crash,
    **{f"terminal dies {point.value}": fault_terminal.terminal_dies(point) for point in Death},
    "terminal disk full": fault_terminal.terminal_disk_full,
    "clock a year off": fault_terminal.clock_a_year_off,
    "clock jumps": fault_terminal.clock_jumps,
    "clock frozen": fault_terminal.clock_frozen,
    "base damaged": fault_terminal.base_damaged,
    "file cloned": fault_terminal.file_cloned,
    "older file restored": fault_terminal.older_file_restored,
    "office crash": fault_office.office_crash,
    **{f"office dies {point.value}": fault_office.office_dies(point) for point in Death},
    "office restored": fault_office.office_restored,
    "backup": fault_office.backup,
    "spoiled backup": fault_office.spoiled_backup,
    "backup restored": fault_office.backup_restored,
    "office disk full": fault_office.office_disk_full,
    "office clock jumps": fault_office.office_clock_jumps,
    "scope changed": fault_clerks.scope_changed,
    "terminal revoked": fault_clerks.terminal_revoked,
    "import": fault_clerks.imported,
    "re-gridding": fault_clerks.regridded,
}
