"""What reperform writes into a timeline's metadata, under `metadata["reperform"]`, and how it reads it back.

media reference of a take     TakeRecord
clip that has takes           ClipRecord
sound linked to such a clip   SoundRecord
clip on a track of takes      TrackClipRecord
timeline                      TimelineRecord
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reperform.model import ImageSequence, RateText

__all__ = [
    "NAMESPACE",
    "ClipRecord",
    "Record",
    "SoundRecord",
    "Status",
    "TakeRecord",
    "TimelineRecord",
    "TrackClipRecord",
    "each_key",
    "erase",
    "ours",
    "plain",
    "read",
    "says",
    "write",
]

NAMESPACE = "reperform"

Status = Literal["performed", "preview", "original", "failed", "waiting"]
"""What stands in the cut: a performed take, a preview, the original by choice; or no take, because all failed or none is there."""


class Record(BaseModel):
    """Frozen. Fields of a later version are kept as they are."""

    model_config = ConfigDict(frozen=True, extra="allow")

    version: Literal[1] = 1


class TakeRecord(Record):
    """A take, as its media reference says it."""

    take: str
    number: int
    shot: str
    preview: bool
    engine: str
    model: str
    rate: RateText = Field(gt=0)
    in_frame: int
    frames: int = Field(gt=0)
    start_frame: int | None
    drop_frame: bool = False
    reel: str | None = None
    cues: tuple[dict[str, Any], ...] = ()
    keys: tuple[str, ...] = ()
    cost: dict[str, Any] = Field(default_factory=dict)
    checks: tuple[dict[str, Any], ...] = ()
    consent: tuple[str, ...] = ()
    composite: tuple[dict[str, Any], ...] = ()
    """How much of the picture each result changed."""
    matched: tuple[dict[str, Any], ...] = ()
    """How each voice was brought to the production sound."""
    viewing: dict[str, Any] | None = None
    """How an original that is not made for display was shown to the engine."""
    credentials: dict[str, Any] | None = None
    """Of the take's content credentials, if it has any."""
    source: dict[str, Any] = Field(default_factory=dict)
    """`identity` and `name` of the original."""
    made_at: str = ""
    sequence: ImageSequence | None = None
    """The pictures of a take that is an image sequence. None for a movie."""


class ClipRecord(Record):
    """A clip that has takes."""

    shot: str
    original: str
    """Key of the original among the clip's media references."""
    clock: Literal["media", "record"]
    record_in: str
    record_out: str
    """Record timecode of the first frame after it."""
    in_frame: int
    frames: int
    rate: RateText = Field(gt=0)
    source_start: int | None
    """Timecode of the source's first frame, in frames; None where it has none."""
    source_frames: int
    shown: str | None = None
    """On the record's clock: a digest of which source frames are visible, one after the other."""
    origin: RateText | None = None
    """When the source's first frame is, in the clip's own time, in seconds: "3600", "1001/24". It holds however the clip is trimmed."""
    voice_in_cut: bool
    chosen: str | None = None
    """Id of the take that stands in the cut, or `original`. None where there is nothing to choose."""
    chosen_by: Literal["person", "rule"] = "rule"
    status: Status = "waiting"
    range_added: bool = False
    """The clip had no source range; it was given the one it showed, since a take is longer than that."""

    @property
    def frames_on_clock(self) -> int | None:
        """Frames of the source, where its clock counts them; None on the record's."""
        return self.source_frames if self.clock == "media" else None


class SoundRecord(Record):
    """A sound clip that is linked to a clip with takes."""

    picture: str
    """Id of the shot."""
    original: str


class TrackClipRecord(Record):
    """A clip on a track of takes."""

    shot: str
    key: str
    """The take's key among the references of its clip: `take_001`."""


class TimelineRecord(Record):
    """How a timeline was written."""

    written_for: str
    styles: tuple[str, ...]
    sound: Literal["keep", "take"] | None = None
    rate: RateText = Field(gt=0)
    drop_frame: bool = False
    top_down: bool = False
    """The uppermost picture track is the first of the stack."""
    take_number: int | None = None
    """In the style `timelines`: the take that this one shows."""
    name: str | None = None
    """In the style `timelines`: what the timeline was called."""


_Any = TypeVar("_Any", bound=Record)
_PLAIN = frozenset({str, int, float, bool, type(None)})


def plain(value: Any) -> Any:
    """OTIO's dictionaries and vectors as Python's, all the way down."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(value[number]) for number in range(len(value))]
    return value


def ours(item: Any) -> dict[str, Any]:
    """`metadata["reperform"]` of an OTIO object; empty where there is none, or none that is a dictionary."""
    found = _raw(item)
    return {} if found is None else dict(plain(found))


def says(item: Any, field: str) -> Any:
    """One field of `ours`; None where it is absent. Quick, unlike reading all of it."""
    found = _raw(item)
    try:
        return None if found is None else found[field]
    except KeyError:
        return None


def _raw(item: Any) -> Mapping[str, Any] | None:
    metadata = item.metadata
    found = metadata[NAMESPACE] if NAMESPACE in each_key(metadata) else None
    return found if isinstance(found, Mapping) else None


def each_key(metadata: Mapping[str, Any]) -> Iterator[str]:
    """The keys of OTIO's metadata, counted: it takes ten times as long to say that there are no more, or that one is absent."""
    number = len(metadata)
    return islice(metadata, number) if number else iter(())


def read(item: Any, kind: type[_Any]) -> _Any | None:
    """The record that an OTIO object carries; None where it carries none that can be read as this kind."""
    found = ours(item)
    if not found:
        return None
    try:
        return kind.model_validate(found)
    except ValidationError:
        return None


def write(item: Any, record: Record) -> None:
    """Puts the record onto an OTIO object, in place of an earlier one."""
    item.metadata[NAMESPACE] = record.model_dump(mode="json")


def erase(item: Any) -> None:
    """Takes our record off an OTIO object."""
    if len(item.metadata) and NAMESPACE in item.metadata:
        del item.metadata[NAMESPACE]
