"""What the hosted engines share: a table of capabilities and options by model, and the connection of one run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import anyio

from reperform.direction import Direction, SyncMode
from reperform.engines import model_of
from reperform.engines._answers import Answer
from reperform.engines._options import Fields
from reperform.engines.base import (
    Capabilities,
    Connection,
    Finished,
    JobOrder,
    Output,
    Prepared,
    Progress,
    Submitted,
    Unconnected,
)
from reperform.errors import SettingsError

if TYPE_CHECKING:
    from reperform.engines._http.wire import Wire
    from reperform.engines._patience import Patience

__all__ = ["REACT_1_SECONDS", "Connection", "Hosted", "looked_for", "seconds", "wire_sync"]

_LOOKS = 4

REACT_1_SECONDS = Fraction(149, 10)
"""Sync says that react-1 takes 15 seconds; a container's rounding must not carry a job over that."""


class Hosted(Unconnected, ABC):
    """An engine that is described by tables.

    A subclass has `upload`, `submit`, `wait` and `fetch`, which use `self.wire`; `authentication` where its header is not
    `x-api-key`; and what it can of `reconcile`, `cancel` and `estimate`.
    """

    name: ClassVar[str]
    aliases: ClassVar[Mapping[str, str]] = {}
    """Other names of its models."""
    table: ClassVar[tuple[Capabilities, ...]]
    """One entry a model, the default first."""
    fields: ClassVar[Fields]
    """What `--option NAME.field=value` may set."""
    patience: Patience | None = None
    """For requests that may be repeated. None: as `Wire` has it."""
    connection: Connection = Connection()
    """Of the run that is going on."""
    _wire: Wire | None = None

    @property
    def wire(self) -> Wire:
        """The open connection."""
        if self._wire is None:
            raise RuntimeError(f"{self.name} is used before it was opened")
        return self._wire

    def authentication(self, key: str) -> dict[str, str]:
        """The headers that carry the key."""
        return {"x-api-key": key}

    async def open(self, connection: Connection) -> None:
        """Connect, for one run.

        Raises:
            AccessRefused: there is no key.
            SettingsError: the base address is not an origin.

        """
        self.connection = connection
        hosts = self.table[0].hosts
        if not hosts:
            return
        if connection.credentials is None:
            from reperform.credentials import missing

            raise missing(self.name)
        from reperform.engines._http.wire import Wire

        await self.aclose()
        headers = self.authentication(connection.credentials.reveal())
        self._wire = Wire(
            engine=self.name, hosts=hosts, base_url=connection.base_url, headers=headers, patience=self.patience
        )

    async def aclose(self) -> None:
        """End the connection."""
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.aclose()

    def unredacted(self, order: JobOrder) -> JobOrder:
        """The order with its secret options as they are sent: a plan holds placeholders for them.

        Raises:
            SettingsError: one of them was not given to this run.

        """
        secrets = {option.name: option.placeholder for option in self.fields.options if option.secret}
        hidden = [name for name, text in order.options.items() if secrets.get(name) == text]
        lost = [name for name in hidden if name not in self.connection.options]
        if lost:
            missing = f"{self.name}.{lost[0]}"
            raise SettingsError(f"A plan does not keep {missing}.", fix=f"Give it again: --option {missing}=…")
        return replace(order, options={**order.options, **{name: self.connection.options[name] for name in hidden}})

    def models(self) -> Sequence[str]:
        """Its models, the default first."""
        return tuple(entry.model for entry in self.table)

    def capabilities(self, model: str) -> Capabilities:
        """What `model` takes. Raises SettingsError for a model it does not have."""
        known = model_of(self, model)  # type: ignore[arg-type]  # parameters and request come with each engine
        return next(entry for entry in self.table if entry.model == known)

    @abstractmethod
    async def upload(self, prepared: Prepared, order: JobOrder, progress: Progress) -> dict[str, str]:
        """As `Engine` has it."""

    @abstractmethod
    async def submit(self, prepared: Prepared, order: JobOrder, addresses: dict[str, str]) -> Submitted:
        """As `Engine` has it."""

    @abstractmethod
    async def wait(self, submitted: Submitted, progress: Progress) -> Finished:
        """As `Engine` has it."""

    @abstractmethod
    async def fetch(self, output: Output, into: Path) -> None:
        """As `Engine` has it."""


async def looked_for(ask: Callable[[], Awaitable[Answer]], *, pause: float) -> Answer:
    """The answer; one of 404 is asked for a few times more, every `pause` seconds.

    A gateway that is being changed says 404 as an engine does that has forgotten the job: a paid result hangs on the difference.
    """
    answer = await ask()
    for _ in range(_LOOKS - 1):
        if answer.status != 404:
            break
        await anyio.sleep(pause)
        answer = await ask()
    return answer


def wire_sync(direction: Direction, capabilities: Capabilities) -> SyncMode:
    """The direction's sync mode where the model has it, else `silence`, which cannot shorten the picture."""
    if direction.line or direction.sync not in capabilities.sync_modes:
        return "silence"
    return direction.sync


def seconds(time: Fraction) -> float:
    """Wire seconds: hundredths as JSON writes them."""
    return round(float(time), 2)
