"""The documents that travel: problems, sources, voices, cues, shots, jobs, plans, takes. Frozen, versioned JSON.

Frames count at the media's rate from the first frame of the source file where a shot's clock is `media`, and at the
timeline's rate from the start of the timeline where it is `record`. Ranges are half-open: `in_frame`, then `frames` of them.
Rates are written "24000/1001". Positions in sound are whole samples of the sound's own rate.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from reperform.direction import Direction
from reperform.timing import FrameRange

__all__ = [
    "AudioStream",
    "Check",
    "Cost",
    "Cue",
    "IgnoredMarker",
    "ImageSequence",
    "Job",
    "Place",
    "Plan",
    "PlanSettings",
    "Problem",
    "RateText",
    "RecordRange",
    "Segment",
    "Shot",
    "ShotMedia",
    "SoundSource",
    "Source",
    "Take",
    "TakeCue",
    "TimelineInfo",
    "Totals",
    "Voice",
]


def _rate_text(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"


RateText = Annotated[
    Fraction, BeforeValidator(Fraction), PlainSerializer(_rate_text, return_type=str, when_used="json")
]
"""A rate or another exact number; "24000/1001" in JSON."""

PathText = Annotated[Path, PlainSerializer(str, return_type=str, when_used="json")]


class Document(BaseModel):
    """Frozen, and strict about fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Place(Document):
    """Where on the timeline something is. A part is None where it does not apply."""

    track: str | None = None
    clip: str | None = None
    timecode: str | None = None
    """Record timecode."""


class Problem(Document):
    """Something the user should know. An error stops its shot, and its shot only; a warning or a note stops nothing."""

    severity: Literal["error", "warning", "note"]
    where: Place = Place()
    message: str
    fix: str | None = None


class AudioStream(Document):
    """One sound stream of a file."""

    index: int
    """Its number in the file (FFmpeg's stream index)."""
    rate: int
    """Samples a second."""
    channels: int
    layout: str
    """FFmpeg's name of the channel layout, such as `stereo`."""
    codec: str
    start_sample: int = 0
    """Where its first sample stands, counted in its own samples from the picture's first frame (from zero without picture)."""
    samples: int | None = None
    """How many there are; None where the file does not say."""


class ImageSequence(Document):
    """Numbered pictures in one folder, one file a frame: frame n is the file numbered `first` + n × `step`."""

    prefix: str
    """The file name before the number, as it is on the disk."""
    suffix: str
    """After the number, with the ending."""
    padding: int = 0
    """Digits that numbers have at least."""
    first: int
    step: int = Field(default=1, ge=1)
    frames: int = Field(ge=1)

    def number(self, frame: int) -> int:
        """The number in the name of a frame's file."""
        return self.first + frame * self.step

    def name(self, frame: int) -> str:
        """The name of a frame's file."""
        number = self.number(frame)
        sign = "-" if number < 0 else ""
        return f"{self.prefix}{sign}{abs(number):0{self.padding}d}{self.suffix}"

    @property
    def pattern(self) -> str:
        """All its names in one, as FFmpeg and most others spell it: `shot.%04d.png`."""
        return f"{self.prefix}%{f'0{self.padding}' if self.padding else ''}d{self.suffix}"


class Source(Document):
    """A media file and its clock, as probed."""

    path: PathText
    """Of an image sequence the folder and its pattern: no file is called so."""
    kind: Literal["movie", "still", "sound"]
    rate: RateText
    """Frames a second of the clock: nominal for variable-rate files. For sound only: its sample rate."""
    frames: int
    """Frames on that clock. For sound only: samples."""
    variable: bool = False
    """The file's own frames are unevenly spaced; frame n is the picture on screen at (n + ½)/rate."""
    start_frame: int | None = None
    """Timecode of the first frame, counted in frames from 00:00:00:00; None where the file has none. Sound: the bext time in samples."""
    drop_frame: bool = False
    reel: str | None = None
    width: int = 0
    height: int = 0
    pixel_aspect: RateText = Fraction(1)
    codec: str = ""
    """FFmpeg's codec name: prores, dnxhd, h264, hevc, …"""
    profile: str | None = None
    pixel_format: str = ""
    color: dict[str, str] = Field(default_factory=dict)
    """FFmpeg's names under primaries, transfer, space, range; absent where the file does not say."""
    field_order: str = "progressive"
    rotation: int = 0
    audio: tuple[AudioStream, ...] = ()
    sequence: ImageSequence | None = None
    """The files of its frames, where each is one. None for a single file."""

    @property
    def range(self) -> FrameRange:
        """All its frames."""
        return FrameRange(0, self.frames)

    @property
    def stem(self) -> str:
        """Its name without number and ending."""
        if self.sequence is None:
            return self.path.stem
        return self.sequence.prefix.rstrip(" ._-") or self.path.parent.name


class Voice(Document):
    """Sound that drives a cue, or a part of it: a range of an audio file, or a line to be spoken."""

    kind: Literal["file", "track", "own", "speech"]
    path: PathText | None = None
    start_seconds: float | None = None
    """For people; `start_sample` decides."""
    end_seconds: float | None = None
    line: str | None = None
    speech_voice: str | None = None
    """The engine's name of the voice that speaks `line`."""
    stream: int | None = None
    """FFmpeg's stream index in `path`."""
    channels: tuple[int, ...] | None = None
    """Which channels of the stream, from 0; None for all. They are mixed to what drives the cue."""
    sample_rate: int = 48000
    start_sample: int = 0
    """First sample in the stream, from the stream's first sample."""
    end_sample: int = 0
    """First sample after the range."""
    offset_samples: int = 0
    """Where the first sample sounds, counted from the first sample of the cue's first frame."""
    speed: RateText = Fraction(1)
    """The file is heard so many times as fast, its pitch kept. Sample numbers count what is heard: sample n is n × speed of the file."""
    sync: Literal["cut_off", "silence", "loop", "bounce", "remap"] | None = None
    """How a voice from a file is fitted to the cue. None keeps its place: voices from tracks and the shot's own."""
    label: str | None = None
    """What a person calls it: the guide clip's name and track, the file's name."""


class SoundSource(Document):
    """The shot's own sound, from one file: which sample sounds at the shot's first visible frame."""

    path: PathText
    stream: int
    channels: tuple[int, ...] | None = None
    sample_rate: int
    at_sample: int
    """The sample of the stream that sounds at the first sample of `media.in_frame`; may be negative."""
    speed: RateText = Fraction(1)
    """As a voice's."""


class Cue(Document):
    """One marked piece of dialogue on one clip, and the direction for it."""

    id: str
    key: str | None = None
    """The quick key of the plan; the full key is made before paying. None where the media could not be read."""
    marker: str
    """The text of the mark, as written."""
    character: str | None = None
    record_in: str
    record_out: str | None = None
    """Record timecode of the first frame after it. None in plans of earlier versions."""
    in_frame: int
    frames: int
    direction: Direction
    voices: tuple[Voice, ...] = ()
    paid: bool = False
    """A paid result covers it already; no job is planned for it."""

    @property
    def range(self) -> FrameRange:
        """Its frames, half-open."""
        return FrameRange(self.in_frame, self.frames)


class Segment(Document):
    """The wire form of a cue in a job: hundredths of seconds from the first frame of the media sent."""

    startTime: float  # noqa: N815 - the engines' spelling
    endTime: float  # noqa: N815
    audio: str
    """Name of the sound it takes: `audio` for the job's own."""
    audioStartTime: float  # noqa: N815
    audioEndTime: float  # noqa: N815


class Cost(Document):
    """What a job costs, or would. `amount` None means the price is unknown."""

    amount: float | None
    currency: str = "USD"
    unit: str = ""
    """What is billed: `output frame at 25 fps`, `second of audio`."""
    basis: str = ""
    """Price, quantity, date and source, in words."""


class JobPart(Document):
    """The part of a cue that a job performs: all of it, but where a long cue was split."""

    cue: str
    in_frame: int
    frames: int

    @property
    def range(self) -> FrameRange:
        """Its frames, half-open, on the shot's clock."""
        return FrameRange(self.in_frame, self.frames)


class Job(Document):
    """A planned request to an engine, for one or more cues."""

    id: str
    engine: str
    model: str
    cues: tuple[str, ...]
    in_frame: int
    """First frame sent."""
    frames: int
    """Frames sent, context included."""
    seconds: float
    segments: tuple[Segment, ...] = ()
    request: dict[str, Any]
    """The body as it would be sent, URLs as placeholders."""
    cost: Cost
    parts: tuple[JobPart, ...]
    results: int = 1
    """Takes asked for in this one request."""
    first_take: int = 1
    """Which take its first result is, where more takes are asked for than one request returns."""

    @property
    def range(self) -> FrameRange:
        """The frames sent, half-open, on the shot's clock."""
        return FrameRange(self.in_frame, self.frames)


class RecordRange(Document):
    """Where the shot is in the cut, in frames of the timeline's rate from its first frame."""

    in_: str = Field(alias="in")
    out: str
    """The first frame after it."""
    in_frame: int
    frames: int

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class ShotMedia(Document):
    """The visible range of the shot in its source, and what is kept around it.

    On the record's clock (a retimed shot) `in_frame` and `frames` are record frames at the timeline's rate, which `rate` then is,
    and `map` has head + frames + tail entries: entry i is the frame of the source, from 0, that is shown at record frame
    in_frame - head + i.
    """

    path: PathText
    rate: RateText
    start: str | None
    """Source timecode of the first visible frame; None where the source has none."""
    in_frame: int
    frames: int
    head: int
    """Handles before; fewer than asked for where the media starts."""
    tail: int
    map: tuple[int, ...] | None = None
    """The source frame of each frame, where the shot's clock is the record's. None on the media's clock."""

    @property
    def visible(self) -> FrameRange:
        """The visible frames, half-open."""
        return FrameRange(self.in_frame, self.frames)

    @property
    def with_handles(self) -> FrameRange:
        """What a take covers."""
        return self.visible.grown(self.head, self.tail)


class Shot(Document):
    """One use of a clip in the cut that carries at least one cue."""

    id: str
    """TRACK@RECORD-TIMECODE, such as `V1@01:00:04:00`."""
    clip: str
    track: str
    index: int
    """Of the clip among its track's children."""
    address: tuple[int, ...]
    """Child indices from the timeline's stack down to the clip."""
    clock: Literal["media", "record"] = "media"
    record: RecordRange
    media: ShotMedia
    source: Source
    own_sound: tuple[SoundSource, ...] = ()
    linked_audio: tuple[tuple[int, ...], ...] = ()
    """Addresses of the audio clips linked to it in the cut."""
    voice_in_cut: bool = False
    """The voice already sounds on a track of the cut (a guide track, or the shot's own sound)."""
    cues: tuple[Cue, ...]
    jobs: tuple[Job, ...] = ()


class IgnoredMarker(Document):
    """A marker that is no mark, and why."""

    clip: str | None = None
    record_in: str | None = None
    text: str
    why: str


class TimelineInfo(Document):
    """The timeline a plan was made of."""

    path: PathText
    sha256: str
    name: str
    rate: RateText
    start: str
    drop_frame: bool = False
    drop_frame_why: str | None = None
    dialect: str = "otio"


class PlanSettings(Document):
    """What shaped the plan, kept so that `run PLAN.json` does what the plan said."""

    context_frames: int = Field(default=6, ge=0)
    handle_frames: int = Field(default=12, ge=0)
    seam_frames: int = Field(default=4, ge=0)
    like: str = "sync/react-1"
    """ENGINE/MODEL whose limits the preview keeps."""
    mezzanine: Literal["prores", "dnxhr"] = "prores"
    reel: Literal["own", "same"] = "own"
    name_template: str | None = None
    takes_dir: PathText | None = None
    label: bool = True
    """The preview's label in the picture."""
    send_rate: RateText | None = None
    drop: tuple[str, ...] = ()
    """Parts of a direction to go on without, such as `emotion`."""
    marker_colors: tuple[str, ...] = ()
    marker_name: str | None = None
    voice_tracks: tuple[str, ...] = ()
    own_sound: tuple[str, ...] = ()
    media_roots: tuple[PathText, ...] = ()
    timeline_name: str | None = None
    timeline_rate: RateText | None = None
    """Of a timeline that does not say its own."""
    options: dict[str, str] = Field(default_factory=dict)
    """`--option engine.field=value`."""
    rehearsal: bool = False
    """The engines' hosts are played by this machine (a loopback `--base-url`): nothing of it counts as paid for elsewhere."""


class Totals(Document):
    """Sums over the plan."""

    shots: int = 0
    cues: int = 0
    jobs: int = 0
    seconds_marked: float = 0.0
    seconds_sent: float = 0.0
    cost: Cost = Cost(amount=0.0)


class Plan(Document):
    """What would be done: printed, saved, read, performed later, handed to a farm."""

    version: Literal[1] = 1
    timeline: TimelineInfo
    engine: str
    model: str
    shots: tuple[Shot, ...] = ()
    ignored_markers: tuple[IgnoredMarker, ...] = ()
    problems: tuple[Problem, ...] = ()
    totals: Totals = Totals()
    settings: PlanSettings = PlanSettings()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a shot."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


class Check(Document):
    """One check of what came back or of the finished take."""

    name: str
    """Such as `frame count`."""
    passed: bool
    detail: str
    """What was measured, against what."""


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


class Take(Document):
    """Conformed media for one shot, an alternate of its original on the same clock."""

    id: str
    number: int
    """As in the file's name; never reused."""
    path: PathText
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
    """`media.fingerprints.file_identity` of the original."""
    source_name: str
    made_at: str
    """ISO 8601, UTC."""
    consent: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check passed: only then does it go into the timeline."""
        return all(check.passed for check in self.checks)

    @property
    def range(self) -> FrameRange:
        """The source frames it covers, half-open."""
        return FrameRange(self.in_frame, self.frames)
