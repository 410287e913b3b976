"""What an engine is: its capabilities, the request it would send, and the steps of one attempt. Engines speak only wire."""

# ruff: noqa: ARG002 - Unconnected has the steps, and needs nothing that they are given

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, runtime_checkable

from reperform.direction import Direction, Emotion, Region, SyncMode
from reperform.errors import SubmissionUnknown

if TYPE_CHECKING:
    from reperform.credentials import Secret

__all__ = [
    "Capabilities",
    "Connection",
    "Engine",
    "Finished",
    "JobOrder",
    "Output",
    "Prepared",
    "Price",
    "Progress",
    "SegmentOrder",
    "Submitted",
    "Unconnected",
]


@dataclass(frozen=True, kw_only=True)
class Price:
    """What an engine charges, as published."""

    amount: Fraction | None
    """US dollars a unit. None where no price is published."""
    unit: Literal["output frame", "second of audio", "second of output", "request", "nothing"]
    table_rate: Fraction | None = None
    """Frames a second at which the maker's table turns frames into seconds (Sync: 25). None where seconds are billed."""
    rounding: str = "none published"
    as_of: str
    """Date of the source, ISO 8601."""
    source: str
    """Where the price stands."""


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What one model of one engine takes. Limits are the makers'; None means that no limit is published."""

    engine: str
    model: str
    longest_input_seconds: Fraction | None
    rates: tuple[Fraction, ...] | None = None
    """Frame rates recommended by the maker; None for any."""
    largest_raster: tuple[int, int] | None = None
    smallest_raster: tuple[int, int] | None = None
    segments: bool = False
    """Several cues, each with its own sound, in one job."""
    segment_emotions: bool = False
    """Each segment may have its own emotion."""
    segment_fields: tuple[str, ...] = ()
    """Other fields of a direction that may differ between the segments of one job."""
    segment_speech: bool = False
    """A segment may be a spoken line; else a line is a job of its own and sounds from the first frame sent."""
    speech: bool = False
    emotions: tuple[Emotion, ...] = ()
    emotion_required: bool = False
    regions: tuple[Region, ...] = ()
    sync_modes: tuple[SyncMode, ...] = ()
    temperature: bool = False
    speaker: bool = False
    speaker_points: bool = False
    """A point or boxes, not only `auto`."""
    occlusion: bool = False
    results_per_job: int = 1
    price: Price
    environment: tuple[str, ...] = ()
    """Environment variables that hold its credentials."""
    hosts: tuple[str, ...] = ()
    upload_note: str | None = None
    """What a user should know about where uploads go, such as that they are public."""


@dataclass(frozen=True, kw_only=True)
class SegmentOrder:
    """One cue's part of a job, in the form engines need it."""

    start_seconds: Fraction
    """From the first frame of the media sent; hundredths."""
    end_seconds: Fraction
    direction: Direction
    speech_voice: str | None = None
    line: str | None = None
    """To be spoken by the engine, instead of sound that is sent."""
    first_frame: int = 0
    """Its first frame, counted from the first frame sent. A speaker's point, in pixels as sent, is in this frame."""
    boxes: tuple[tuple[int, int, int, int] | None, ...] = ()
    """The speaker's face in every frame sent, in pixels as sent: left, top, right, bottom."""


@dataclass(frozen=True, kw_only=True)
class JobOrder:
    """A job as engines see it: no timeline, no files of the user."""

    model: str
    rate: Fraction
    frames: int
    seconds: Fraction
    width: int
    height: int
    segments: tuple[SegmentOrder, ...]
    results: int = 1
    options: dict[str, str] = field(default_factory=dict)
    """Fields of this engine without a word in the grammar."""

    @property
    def direction(self) -> Direction:
        """The direction of the whole job, where the model takes one for all."""
        return self.segments[0].direction


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Media ready to send, named by attempt."""

    attempt_id: str
    folder: Path
    video: Path
    audio: Path | None
    """48 kHz WAV of exactly the picture's length; None where the engine speaks."""


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """The engine has the job."""

    remote_id: str
    addresses: dict[str, str] = field(default_factory=dict)
    """Short-lived URLs, for the ledger's secret table only."""


@dataclass(frozen=True, kw_only=True)
class Output:
    """One result that waits to be fetched."""

    number: int
    """From 0."""
    address: str
    facts: dict[str, Any] = field(default_factory=dict)
    """What the engine says of it: duration, fps, seed."""


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The job is done."""

    outputs: tuple[Output, ...]
    cost_usd: float | None = None
    """As the engine states it; None where it does not."""


Progress = Callable[[str, float | None], None]
"""Called with what the engine is doing, and how far it is (0 to 1) or None."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """How an engine is reached in one run. It shows nothing that is secret."""

    base_url: str | None = None
    """An origin that stands for all of its hosts. None: they are asked themselves."""
    credentials: Secret | None = None
    """None where there is no key."""
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The engine's options with their real values; a plan holds placeholders for secret ones."""
    wait_seconds: float | None = None
    """How long a job is waited for. None: until it is done."""


@runtime_checkable
class Engine(Protocol):
    """One engine. Its steps are called in order, each after the ledger has recorded that it is about to happen.

    Every step may raise the phase-named errors of `reperform.errors`. An engine that needs no connection takes the last
    five methods from `Unconnected`.
    """

    name: str
    deduplicates: ClassVar[bool]
    """A submit may be repeated with the same identity within ten minutes, and is paid once."""
    reconciles: ClassVar[bool]
    """It can say whether a submit arrived."""
    cancels: ClassVar[bool]

    def models(self) -> Sequence[str]:
        """Its models, the default first."""
        ...

    def capabilities(self, model: str) -> Capabilities:
        """What `model` takes. Raises SettingsError for a model it does not have."""
        ...

    def parameters(self, direction: Direction, model: str) -> dict[str, Any]:
        """A cue's wire parameters with the engine's defaults filled in: what the claim on the cue is made of."""
        ...

    def request(self, order: JobOrder, *, video: str, audio: str | None, identity: str) -> dict[str, Any]:
        """The body of the submit. `video` and `audio` are URLs, or placeholders in a plan."""
        ...

    async def upload(self, prepared: Prepared, order: JobOrder, progress: Progress) -> dict[str, str]:
        """Make the media reachable for the engine: addresses under `video` and `audio`."""
        ...

    async def submit(self, prepared: Prepared, order: JobOrder, addresses: dict[str, str]) -> Submitted:
        """Send the one request of this attempt."""
        ...

    async def wait(self, submitted: Submitted, progress: Progress) -> Finished:
        """Until it is done. May be called again for the same job after a restart."""
        ...

    async def fetch(self, output: Output, into: Path) -> None:
        """Download to `into`, complete or not at all. Raises Expired where it is gone."""
        ...

    async def open(self, connection: Connection) -> None:
        """Connect, for one run. Raises AccessRefused where a key is needed and there is none."""
        ...

    async def aclose(self) -> None:
        """End the connection. May be called without `open`."""
        ...

    async def reconcile(self, identity: str, *, sent_at: datetime) -> Submitted | None:
        """The job that a submit of unknown fate became, by the attempt's id. None: the engine does not have it.

        Raises:
            SubmissionUnknown: the engine cannot say.

        """
        ...

    async def cancel(self, submitted: Submitted) -> bool:
        """Ask for the job to be stopped. False where it cannot be, or was done already."""
        ...

    async def estimate(self, order: JobOrder, *, addresses: Mapping[str, str] | None = None) -> float | None:
        """What the engine itself says that this would cost, in US dollars. None where it does not say.

        `addresses` are what `upload` gave. None: nothing was uploaded, and nothing of the user's media may leave for this.
        """
        ...


class Unconnected:
    """The steps of an engine that has nobody to talk to."""

    deduplicates: ClassVar[bool] = False
    reconciles: ClassVar[bool] = False
    cancels: ClassVar[bool] = False

    async def open(self, connection: Connection) -> None:
        """Nothing to open."""

    async def aclose(self) -> None:
        """Nothing to close."""

    async def reconcile(self, identity: str, *, sent_at: datetime) -> Submitted | None:
        """Nobody can be asked."""
        raise SubmissionUnknown(f"It cannot be found out whether {identity} arrived.")

    async def cancel(self, submitted: Submitted) -> bool:
        """It cannot be stopped from here."""
        return False

    async def estimate(self, order: JobOrder, *, addresses: Mapping[str, str] | None = None) -> float | None:
        """It does not say."""
        return None
