"""One emulator's whole state: its keys, clock, faults, jobs, files and bills."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reperform.emulator.billing import Bill
from reperform.emulator.conduct import Conduct
from reperform.emulator.faults import Faults
from reperform.emulator.media import Order, Rendered
from reperform.emulator.store import Store, Stored
from reperform.emulator.webhooks import FalSigner
from reperform.emulator.works import Trouble, Work, carry_out, meet_doom

__all__ = ["Leak", "Seen", "World", "inaccessible", "new_keys", "stamp"]


@dataclass(frozen=True)
class Seen:
    """One request that came, and how it was answered. `status` 0: the connection was closed in place of an answer."""

    engine: str
    phase: str
    method: str
    path: str
    status: int


@dataclass(frozen=True)
class Leak:
    """A key that was sent where it does not belong: a storage address or another host."""

    place: str
    header: str


@dataclass
class World:
    """What all requests share. It lives in the server's thread; lists may be read from others."""

    conduct: Conduct
    folder: Path
    keys: dict[str, str]
    token: str
    webhook_secret: str
    faults: Faults = field(default_factory=Faults)
    billed: list[Bill] = field(default_factory=list)
    works: dict[tuple[str, str], Work] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    leaks: list[Leak] = field(default_factory=list)
    idempotent: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """Sync's keys: the digest of the body, and the first answer."""
    tokens: dict[str, str] = field(default_factory=dict)
    """fal's storage tokens."""
    origins: tuple[str, ...] = ()
    stranger: str = ""
    """Another host's origin: nothing of ours should ever arrive there."""
    strangers: list[str] = field(default_factory=list)
    """The request lines that arrived there all the same."""
    hooks: list[tuple[str, int]] = field(default_factory=list)
    """Webhooks and uploads that were sent out: address and status, 0 where nobody answered."""
    ahead: float = 0.0
    busiest: dict[str, int] = field(default_factory=dict)
    """The most jobs that an engine had at once."""
    fal_signer: FalSigner | None = None
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.folder, self.now)

    def now(self) -> float:
        """Seconds since 1970, on the emulator's clock."""
        return time.time() + self.ahead

    def find(self, engine: str, identity: str) -> Work | None:
        """A job that is known and not too old."""
        work = self.works.get((engine, identity))
        if work is None or work.gone or work.deleted:
            return None
        kept = self.conduct.record_seconds.get(engine)
        if kept is not None and work.ended_at is not None and self.now() > work.ended_at + kept:
            return None
        return work

    def active(self, engine: str) -> int:
        """How many of its jobs are not over."""
        return sum(work.engine == engine and not work.over for work in self.works.values())

    def full(self, engine: str) -> bool:
        """Whether it takes no more jobs now."""
        most = self.conduct.concurrency.get(engine)
        return most is not None and self.active(engine) >= most

    def accept(self, work: Work) -> Work:
        """Starts a job."""
        meet_doom(self, work, "submit")
        self.works[work.engine, work.identity] = work
        self.busiest[work.engine] = max(self.busiest.get(work.engine, 0), self.active(work.engine))
        work.task = asyncio.create_task(carry_out(self, work))
        return work

    def keep(self, work: Work, made: Rendered) -> Stored:
        """A place for a result."""
        ending = made.path.suffix[1:]
        kind = {"mov": "video/quicktime"}.get(ending, f"video/{ending}")
        name = f"{work.body.get('outputFileName') or 'output'}.{ending}"
        seconds = float(work.body.get("ttl") or self.conduct.address_seconds)
        signed = work.engine in ("sync", "runware")
        stored = self.store.place(work.engine, name, kind, signed=signed, seconds=seconds, path=made.path)
        stored.result = True
        return stored

    def fetched(self, address: Any) -> Path | None:
        """The file behind an address that a job names. Only the emulator's own uploads can be fetched."""
        if not isinstance(address, str):
            return None
        stored = self.store.at(address, self.origins)
        return stored.path if stored else None

    def order(self, video: Path, model: str, **asked: Any) -> Order:
        """An order, with what the emulator was told of rendering."""
        conduct = self.conduct
        label = asked.pop("label", "")
        return Order(
            video=video,
            label=" · ".join([f"{model} emulated", *filter(None, [label])]) if conduct.label else "",
            characters_a_second=conduct.characters_a_second,
            audio_bounces=conduct.audio_bounces,
            **asked,
        )

    def secrets(self) -> list[str]:
        """Everything that must not be found in a log, a file or a message."""
        return [*self.keys.values(), *self.store.secrets(), *self.tokens, self.webhook_secret]


def new_keys(given: Mapping[str, str]) -> dict[str, str]:
    """A key for each engine, in its maker's form."""
    made = {
        "sync": f"sk-{secrets.token_urlsafe(24)}",
        "runware": secrets.token_urlsafe(24),
        "segmind": f"SG_{secrets.token_hex(8)}",
        "fal": f"{secrets.token_hex(8)}:{secrets.token_hex(16)}",
    }
    return made | dict(given)


def stamp(seconds: float) -> str:
    """A time as the services write it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def inaccessible(which: str) -> Trouble:
    """The trouble of an address that cannot be fetched."""
    return Trouble(f"{which}_inaccessible")
