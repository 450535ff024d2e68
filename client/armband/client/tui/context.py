"""What every screen is given: the engine and the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from armband.client.i18n.entries import title_of
from armband.client.i18n.words import value_text
from armband.client.model import Entry
from armband.client.terminal import Terminal
from armband.client.tui.urgent import UrgentTasks
from armband.shared.environment import Environment
from armband.shared.fields import Field, Value
from armband.shared.masks import NAMES_MASKED_FOR
from armband.shared.roles import Role


@dataclass(frozen=True, slots=True)
class Context:
    """The engine behind the screens, the clock, and what cannot wait."""

    terminal: Terminal
    environment: Environment
    urgent: UrgentTasks = field(default_factory=UrgentTasks)

    @property
    def names_masked(self) -> bool:
        """Whether names are masked for this terminal's role, too."""
        return Role(self.terminal.identity.role) in NAMES_MASKED_FOR

    def title(self, entry: Entry, *, masked: bool = True) -> str:
        """What to call a record, its names masked where this terminal's role asks for it."""
        terminal = self.terminal
        return title_of(
            entry,
            terminal.identity.policy,
            terminal.today,
            names_masked=masked and self.names_masked,
        )

    def words(
        self,
        declared: Field,
        value: Value,
        names: Mapping[str, str],
        *,
        masked: bool = True,
    ) -> str:
        """A field's value as this office shows it."""
        return value_text(
            declared,
            value,
            names=names,
            policy=self.terminal.identity.policy,
            today=self.terminal.today,
            masked=masked,
            names_masked=self.names_masked,
        )
