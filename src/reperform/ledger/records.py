"""What stands in the ledger, as frozen rows. Paths in rows are relative to the project, with forward slashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reperform.timing import FrameRange

__all__ = [
    "DEFINITELY_FAILED",
    "NOTHING_SENT",
    "UNFINISHED",
    "Address",
    "Again",
    "Attempt",
    "AttemptCue",
    "AttemptState",
    "Choice",
    "Claimed",
    "Covered",
    "Event",
    "FrameDigests",
    "Held",
    "HeldBecause",
    "NewResult",
    "Performed",
    "Piece",
    "Remapped",
    "Result",
    "RunRow",
    "TakeRow",
]

DIGEST_BYTES = 16
"""A frame, in `FrameDigests`."""


class AttemptState(StrEnum):
    """Where an attempt is. What may follow what stands in the ledger's schema, and the database enforces it."""

    PLANNED = "planned"
    """Its identity is committed; nothing has been made."""
    PREPARED = "prepared"
    """The media to send lies in its work folder."""
    UPLOADED = "uploaded"
    """The engine can reach the media."""
    SUBMITTING = "submitting"
    """The one request is about to leave, or has left."""
    SUBMITTED = "submitted"
    """The engine has it."""
    FINISHED = "finished"
    """The engine is done; the result waits to be fetched."""
    FETCHED = "fetched"
    """The result is kept."""
    REJECTED = "rejected"
    """The engine refused it, and would again."""
    FAILED = "failed"
    """It failed for certain; nothing will come of it."""
    UNKNOWN = "unknown"
    """It may or may not have arrived; to be reconciled, never silently sent again."""
    EXPIRED = "expired"
    """It was performed, and can no longer be fetched."""
    CANCELLED = "cancelled"
    """Stopped before anything was paid for it."""


UNFINISHED = frozenset(
    {
        AttemptState.PLANNED,
        AttemptState.PREPARED,
        AttemptState.UPLOADED,
        AttemptState.SUBMITTING,
        AttemptState.SUBMITTED,
        AttemptState.FINISHED,
    }
)
"""Something still has to be done."""

NOTHING_SENT = frozenset({AttemptState.PLANNED, AttemptState.PREPARED, AttemptState.UPLOADED})
"""The request has not left, or certainly never arrived."""

DEFINITELY_FAILED = frozenset({AttemptState.REJECTED, AttemptState.FAILED, AttemptState.CANCELLED})
"""Nothing will come of it. Whether a new attempt may follow is said with it: `Again`."""


class Again(StrEnum):
    """Whether a new attempt may follow one that failed."""

    FREELY = "freely"
    """Nothing was sent, or nothing is paid: the next run tries anew."""
    ONCE = "once"
    """The engine calls the cause temporary and bills nothing: once, by itself."""
    ASKED = "asked"
    """It may be billed anew: only when a person asks for it."""


@dataclass(frozen=True, slots=True)
class FrameDigests:
    """A run of frames by what they are: the coded picture, and the voice as laid against it; 16 bytes a frame each."""

    picture: bytes
    voice: bytes

    def __post_init__(self) -> None:
        if len(self.picture) != len(self.voice) or len(self.picture) % DIGEST_BYTES or not self.picture:
            raise ValueError("picture and voice need the same number of frames, and at least one")

    @classmethod
    def of(cls, picture: Sequence[str], voice: Sequence[str]) -> FrameDigests:
        """From one text a frame, whatever its length."""
        return cls(_packed(picture), _packed(voice))

    @property
    def frames(self) -> int:
        """How many."""
        return len(self.picture) // DIGEST_BYTES

    def part(self, start: int, frames: int) -> FrameDigests:
        """`frames` of them from `start`, counted from zero."""
        cut = slice(start * DIGEST_BYTES, (start + frames) * DIGEST_BYTES)
        return FrameDigests(self.picture[cut], self.voice[cut])

    def frame(self, position: int) -> bytes:
        """One frame's digest, picture and voice together (32 bytes)."""
        cut = slice(position * DIGEST_BYTES, (position + 1) * DIGEST_BYTES)
        return self.picture[cut] + self.voice[cut]

    def run(self, start: int, other: FrameDigests, other_start: int) -> int:
        """How many frames from `start` equal those of `other` from `other_start`."""
        longest = min(self.frames - start, other.frames - other_start)
        if longest > 0 and self.part(start, longest) == other.part(other_start, longest):
            return longest
        return next(
            (n for n in range(longest) if self.frame(start + n) != other.frame(other_start + n)), max(longest, 0)
        )

    def run_before(self, start: int, other: FrameDigests, other_start: int) -> int:
        """How many frames just before `start` equal those of `other` just before `other_start`."""
        longest = min(start, other_start)
        if longest and self.part(start - longest, longest) == other.part(other_start - longest, longest):
            return longest
        differing = (n for n in range(longest) if self.frame(start - 1 - n) != other.frame(other_start - 1 - n))
        return next(differing, longest)


def _packed(digests: Sequence[str]) -> bytes:
    return b"".join(hashlib.sha256(digest.encode()).digest()[:DIGEST_BYTES] for digest in digests)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What is claimed: a cue, or the part of it that one job performs, for one number of take."""

    key: str
    """The full key (SHA-256, hex), the take's number in it."""
    engine: str
    model: str
    parameters: str
    """Digest of the wire parameters with defaults filled in."""
    take_number: int
    digests: FrameDigests
    output: int = 0
    """Which output of the attempt answers it, from 0."""
    first_frame: int = 0
    """The frame of the returned media at which it begins: the context before it."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One request really made, or about to be. The documents are JSON, as `model` writes them."""

    id: str
    session_id: str
    state: AttemptState
    engine: str
    model: str
    shot: str = field(repr=False)
    job: str = field(repr=False)
    settings: str = field(repr=False)
    estimate_usd: float | None
    """None where the price is unknown."""
    cost_usd: float | None
    """As the engine stated it."""
    remote_id: str | None
    error: str | None
    """`ReperformError.to_dict` as JSON. None while all is well."""
    run_id: str | None
    """The run that it counts against; None for one that was made outside of any."""
    sent_at: str | None
    """When its request left first (ISO 8601, UTC). None while it certainly never arrived."""
    again: Again | None
    """Whether another may follow. None while it has not failed."""
    origin: str | None
    """The project or the machine that paid for it. None: this one."""
    created_at: str
    changed_at: str

    @property
    def failure(self) -> dict[str, str | None] | None:
        """The error's message, cause and fix."""
        return None if self.error is None else dict(json.loads(self.error))


@dataclass(frozen=True, kw_only=True)
class AttemptCue:
    """One cue of an attempt."""

    key: str
    output: int
    first_frame: int
    frames: int
    take_number: int


class HeldBecause(StrEnum):
    """Why a claim could not be taken."""

    PAID = "paid"
    """Its result is there already."""
    LIVE = "live"
    """Another process that is alive is performing it."""
    ORPHANED = "orphaned"
    """A process that is dead was performing it: its attempt can be adopted."""
    UNKNOWN = "unknown"
    """It may have been performed; to be reconciled."""
    EXPIRED = "expired"
    """It was performed, and the result can no longer be fetched."""
    FAILED = "failed"
    """It failed or was refused, and a new attempt may be billed anew."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A claim that was not to be had."""

    key: str
    because: HeldBecause
    attempt_id: str
    session_id: str


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """How claiming ended: an attempt that holds all the cues, or what stood in the way and nothing taken."""

    attempt: Attempt | None
    held: tuple[Held, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NewResult:
    """What came back for one cue, as it is kept."""

    key: str
    output: int
    file: str
    sha256: str
    first_frame: int
    frames_sent: int
    facts: dict[str, Any] = field(default_factory=dict)
    alignment: str | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """A paid result for one cue. It never goes away."""

    id: str
    key: str
    attempt_id: str
    output: int
    file: str
    sha256: str
    first_frame: int
    """The frame of the file at which the cue begins."""
    frames_sent: int
    """How many frames the job sent: what the file should hold."""
    facts: str
    """What the engine said of it (JSON)."""
    alignment: str | None
    """How its frames lie on those that were sent (JSON); None where it could not be measured."""
    cost_usd: float | None
    kept_at: str
    engine: str
    model: str
    parameters: str
    take_number: int
    digests: FrameDigests = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Remapped:
    """Where the frames of a result stand in a shot that shows its media at another pace than what was performed."""

    first: int
    """The frame of the shot's clock that the first entry stands for; context around the cue is among them."""
    frames: tuple[int | None, ...]
    """For each frame from there on: the frame of what was sent that stands for it, counted from 0; None where none does."""


@dataclass(frozen=True, kw_only=True)
class Covered:
    """Frames of a cue that a paid result answers."""

    result: Result
    cue_start: int
    """Counted from the cue's first frame."""
    result_start: int
    """Counted from the first frame of what the result was claimed for."""
    frames: int
    remapped: Remapped | None = None
    """None: its frames follow each other as they were performed."""


@dataclass(frozen=True, kw_only=True, order=True)
class Performed:
    """Frames of a take that come from a result."""

    in_frame: int
    """On the shot's clock."""
    frames: int
    result_id: str
    anchor: int
    """The frame of the shot's clock that the result file's first frame stands for."""

    def clipped(self, to: FrameRange) -> Performed | None:
        """What of it lies inside; None when nothing does."""
        inside = FrameRange(self.in_frame, self.frames).intersection(to)
        if not inside.frames:
            return None
        return Performed(in_frame=inside.start, frames=inside.frames, result_id=self.result_id, anchor=self.anchor)


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """One call of `run`, with all that a resume needs to end it."""

    id: str
    timeline: str
    """Absolute path."""
    out: str
    """Absolute path."""
    plan: str = field(repr=False)
    """The `Plan` as JSON."""
    writing: str = field(repr=False)
    """How the timeline is written, and which of its cues are meant (JSON)."""
    base_url: str | None
    max_cost_usd: float | None
    """None: no ceiling."""
    allow_unknown_cost: bool
    begun_at: str
    ended_at: str | None
    """None while something is left to go on with."""


@dataclass(frozen=True, kw_only=True)
class TakeRow:
    """A take's number, given out before its file is made."""

    id: str
    number: int
    stem: str
    identity: str
    source_identity: str
    clock: str
    in_frame: int
    frames: int
    performed: tuple[Performed, ...]
    settings: str
    file: str
    """Relative to the project, or absolute where takes lie elsewhere."""
    document: str | None = field(repr=False)
    """The `Take` as JSON; None while it has not been made."""
    numbered_at: str

    @property
    def range(self) -> FrameRange:
        """The frames it covers on the shot's clock."""
        return FrameRange(self.in_frame, self.frames)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a person chose for a range of a source."""

    source_identity: str
    in_frame: int
    frames: int
    take_id: str | None
    """None: the original."""
    shot: str | None
    """Id of the shot that it was made for; None where nobody said."""
    chosen_at: str


@dataclass(frozen=True, kw_only=True)
class Address:
    """A short-lived URL, and what was said with it. Secret: its text never shows it."""

    name: str
    address: str = field(repr=False)
    facts: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened."""

    id: int
    at: str
    """ISO 8601, UTC."""
    subject: str
    subject_id: str
    what: str
