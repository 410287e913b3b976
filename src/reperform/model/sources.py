"""Sources: media files and their clocks, as probed."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import Field

from reperform.model.documents import Document, PathText, RateText
from reperform.timing import FrameRange

__all__ = ["AudioStream", "ImageSequence", "Source"]


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
