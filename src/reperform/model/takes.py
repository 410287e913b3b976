"""Takes, their cues, and the checks that they passed."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reperform.direction import Direction
from reperform.model.cues import SoundSource
from reperform.model.documents import Document, PathText, RateText
from reperform.model.jobs import Cost
from reperform.model.sources import ImageSequence
from reperform.timing import FrameRange

__all__ = ["Check", "Take", "TakeComposite", "TakeCredentials", "TakeCue", "TakeMatch", "TakeOwnSound", "TakeViewing"]


class Check(Document):
    """One check of what came back or of the finished take."""

    name: str
    """Such as `frame count`."""
    passed: bool
    detail: str
    """What was measured, against what."""
    noticed: bool = False
    """Worse than its threshold, and yet no reason to keep the take out: it passed, with a remark."""
    frame: int | None = None
    """Where it is worst, on the shot's clock; None where it is no matter of one frame."""
    timecode: str | None = None
    """The same as record timecode."""
    fix: str | None = None
    """What a person can do about it."""


class TakeCue(Document):
    """One cue of a take: what was asked, and the paid result that stands in it."""

    id: str
    key: str
    in_frame: int
    frames: int
    direction: Direction
    character: str | None = None
    marker: str = ""
    result_id: str


class TakeComposite(Document):
    """How much of the picture one result of a take changed, and how it was laid in."""

    cue: str
    mode: Literal["changed", "whole", "unchanged"]
    """Only what the engine changed is shown; its whole picture; nothing of it, for it changed nothing."""
    why: str = ""
    """Why whole or unchanged, in words."""
    laid_in: Literal["replace", "delta"] | None = None
    """`delta` keeps the original's grain."""
    share: float = 0.0
    """Of the picture, from 0 to 1, on average over the frames in which it counts."""
    worst_share: float = 0.0
    worst_frame: int | None = None
    """On the shot's clock."""
    moved: float = 0.0
    """Pixels by which what came back lay elsewhere, at the corner where it was most, and was moved back."""
    recoloured: float = 0.0
    """Levels of 255 by which colours were off at most, and were put right."""


class TakeMatch(Document):
    """What brought the voice of one cue to the production sound around it, on one track of the take."""

    cue: str
    track: int
    """Of the take's sound, from 0."""
    production_lufs: float | None
    """Of the production sound around the cue; None where there is none."""
    voice_lufs: float | None
    """Of the voice before; None where it is silent."""
    gain_db: float = 0.0
    bands_db: dict[int, float] = Field(default_factory=dict)
    """By the middle of the octave in Hz, before the gain; empty where nothing was changed."""
    true_peak_dbtp: float | None = None
    """Of the voice after; None where nothing was changed."""
    limited: str = ""
    """Why it was not brought all the way, or not at all."""


class TakeOwnSound(Document):
    """The shot's own sound, as the take was made with it."""

    sounds: tuple[SoundSource, ...]
    """Each with the sample that sounds at the first sample of the take's first frame."""
    around: bool
    """Whether it is heard outside the cues, where the original has no sound or another one: on the record's clock."""


class TakeViewing(Document):
    """How footage that is not made for display was shown to the engine, and what it made was brought back."""

    name: str
    """The file's name of a LUT, or `scene-linear`."""
    digest: str
    """Of all that decides what is shown."""
    sha256: str | None = None
    """Of the LUT's file."""


class TakeCredentials(Document):
    """The C2PA content credentials of a take, as they were found valid after they were written."""

    place: Literal["embedded", "sidecar"]
    """In the take's file; or beside it, as STEM.c2pa."""
    signer: str
    """Whom the certificate names."""
    self_signed: bool
    """The certificate was made here: it shows that nothing has changed since, and not who signed."""
    manifest: str
    """The label of the manifest."""


class Take(Document):
    """Conformed media for one shot, an alternate of its original on the same clock."""

    id: str
    number: int
    """As in the file's name; never reused."""
    path: PathText
    """The file; of an image sequence the folder of its pictures, beside which its sound stands as `FOLDER.wav`."""
    preview: bool
    shot_id: str
    engine: str
    model: str
    rate: RateText
    in_frame: int
    """The source frame that the take's first frame stands for."""
    frames: int
    start_frame: int | None
    """Timecode of the take's first frame, in frames from 00:00:00:00; None where its file carries none."""
    drop_frame: bool = False
    reel: str | None = None
    cues: tuple[TakeCue, ...]
    cost: Cost = Cost(amount=0.0)
    checks: tuple[Check, ...] = ()
    source_identity: str
    """`media.identities.file_identity` of the original."""
    source_name: str
    made_at: str
    """ISO 8601, UTC."""
    consent: tuple[str, ...] = ()
    composite: tuple[TakeComposite, ...] = ()
    """Of each result; none where whole pictures were asked for."""
    matched: tuple[TakeMatch, ...] = ()
    """Of each voice, with `--match-sound`."""
    viewing: TakeViewing | None = None
    """None where the original is stored as people see it: then it was sent, and is changed, as it is."""
    credentials: TakeCredentials | None = None
    """None where it was not signed."""
    sequence: ImageSequence | None = None
    """The pictures in the folder, one file a frame. None for a movie."""
    own_sound: TakeOwnSound | None = None
    """None in takes of earlier versions, which did not say it."""

    @property
    def passed(self) -> bool:
        """Whether every check passed: only then does it go into the timeline."""
        return all(check.passed for check in self.checks)

    @property
    def range(self) -> FrameRange:
        """The source frames it covers, half-open."""
        return FrameRange(self.in_frame, self.frames)
