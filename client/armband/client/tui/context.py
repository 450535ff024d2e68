"""What every screen is given: the engine and the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from armband.client.i18n.words import value_text
from armband.client.terminal import Terminal
from armband.client.tui.urgent import UrgentTasks
from armband.shared.environment import Environment
from armband.shared.fields import Field, Value


@dataclass(frozen=True, slots=True)
class Context:
    """The engine behind the screens, the clock, and what cannot wait."""

    terminal: Terminal
    environment: Environment
    urgent: UrgentTasks = field(default_factory=UrgentTasks)

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
        )
