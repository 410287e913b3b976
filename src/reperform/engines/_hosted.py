"""What the hosted engines share: a table of capabilities and options by model, and the steps that are still to come."""
# ruff: noqa: ARG002 - the steps stand here so that every engine has them; those that perform replace them

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, NoReturn

from reperform.direction import Direction, SyncMode
from reperform.engines import model_of
from reperform.engines._options import Fields
from reperform.engines.base import Capabilities, Finished, JobOrder, Output, Prepared, Progress, Submitted
from reperform.errors import SettingsError

__all__ = ["REACT_1_SECONDS", "Hosted", "seconds", "wire_sync"]

REACT_1_SECONDS = Fraction(149, 10)
"""Sync says that react-1 takes 15 seconds; a container's rounding must not carry a job over that."""


class Hosted:
    """An engine that is described by tables. `performs` is False while its network steps are not built."""

    name: ClassVar[str]
    performs: ClassVar[bool] = False
    aliases: ClassVar[Mapping[str, str]] = {}
    """Other names of its models."""
    table: ClassVar[tuple[Capabilities, ...]]
    """One entry a model, the default first."""
    fields: ClassVar[Fields]
    """What `--option NAME.field=value` may set."""

    def models(self) -> Sequence[str]:
        """Its models, the default first."""
        return tuple(entry.model for entry in self.table)

    def capabilities(self, model: str) -> Capabilities:
        """What `model` takes. Raises SettingsError for a model it does not have."""
        known = model_of(self, model)  # type: ignore[arg-type]  # parameters and request come with each engine
        return next(entry for entry in self.table if entry.model == known)

    async def upload(self, prepared: Prepared, order: JobOrder, progress: Progress) -> dict[str, str]:
        """Not built yet."""
        self._not_yet()

    async def submit(self, prepared: Prepared, order: JobOrder, addresses: dict[str, str]) -> Submitted:
        """Not built yet."""
        self._not_yet()

    async def wait(self, submitted: Submitted, progress: Progress) -> Finished:
        """Not built yet."""
        self._not_yet()

    async def fetch(self, output: Output, into: Path) -> None:
        """Not built yet."""
        self._not_yet()

    def _not_yet(self) -> NoReturn:
        raise SettingsError(
            f"{self.name} can be planned, but not yet performed: this version does not send anything.",
            fix="Use `reperform plan` for what it would do and cost, or run with `--engine preview`.",
        )


def wire_sync(direction: Direction, capabilities: Capabilities) -> SyncMode:
    """The direction's sync mode where the model has it, else `silence`, which cannot shorten the picture."""
    if direction.line or direction.sync not in capabilities.sync_modes:
        return "silence"
    return direction.sync


def seconds(time: Fraction) -> float:
    """Wire seconds: hundredths as JSON writes them."""
    return round(float(time), 2)
