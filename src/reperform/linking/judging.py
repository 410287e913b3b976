"""Whether a file is the media that a clip lost: its name, reel, rate, timecode and length against what the timeline says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Literal

from reperform.errors import MediaRefused
from reperform.linking.clocks import clock, first_frame, refuse_silence, said_zero, timecode_seconds, visible
from reperform.linking.references import Wanted
from reperform.model import Source
from reperform.timeline.cut import PlacedClip
from reperform.timing import Rate

__all__ = ["By", "Candidate", "Rank", "judge"]

By = Literal["name", "stem", "reel"]
"""What made a file a candidate: its whole name, its name but for the ending, or the clip's reel in its name."""

_SOUND_ENDINGS = frozenset({".wav", ".bwf", ".w64", ".aif", ".aiff", ".flac", ".mp3", ".ogg", ".aac", ".m4a"})


class Rank(IntEnum):
    """What a candidate has in common with the lost media, the best first."""

    NAME_AND_CLOCK = 1
    STEM_AND_CLOCK = 2
    REEL_AND_TIMECODE = 3
    NAME = 4


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A file that may be it."""

    path: Path
    source: Source
    rank: Rank
    agrees: tuple[str, ...]
    """What it has in common with what the timeline says, in words."""
    doubt: str | None = None
    """What it has not. None where all agrees."""

    @property
    def order(self) -> tuple[int, bool]:
        """The better sort first."""
        return self.rank, self.doubt is not None


def judge(source: Source, by: By, wanted: Wanted, placed: PlacedClip) -> Candidate:
    """The file as a candidate, with its rank.

    Raises:
        MediaRefused: it cannot be the one, or too little of it agrees; the message says what does not.

    """
    _refuse_other_kind(source, by, wanted, placed)
    _refuse_other_rate(source, wanted)
    zero = first_frame(source, said_zero(source, wanted.available), placed)
    if placed.track.kind == "audio":
        refuse_silence(source, placed, zero.seconds)
    else:
        visible(source, placed, zero.seconds)
    clocks = _Clocks.of(source, wanted, placed)
    rank = clocks.rank(by)
    agrees = [_name(source, by, wanted)]
    if clocks.timecode == "agrees":
        agrees.append(f"timecode {clock(timecode_seconds(source) or zero.seconds, source)}")
    if clocks.timecode == "inside":
        agrees.append("timecode, of which the timeline knows a part")
    if clocks.same_length:
        agrees.append("length")
    doubt = clocks.doubt() or zero.doubt
    return Candidate(path=source.path, source=source, rank=rank, agrees=tuple(agrees), doubt=doubt)


@dataclass(frozen=True, kw_only=True)
class _Clocks:
    """A file's clock against the timeline's."""

    source: Source
    wanted: Wanted
    timecode: Literal["agrees", "inside", "none", "unsaid", "lost", "differs"]
    """`inside`: the timeline's range is a part of the file's; `none` has either; `unsaid` in the timeline, `lost` in the file."""
    same_length: bool

    @classmethod
    def of(cls, source: Source, wanted: Wanted, placed: PlacedClip) -> _Clocks:
        available = wanted.available
        same_length = available is not None and available.is_length_of(source)
        return cls(
            source=source, wanted=wanted, timecode=cls._timecode(source, wanted, placed), same_length=same_length
        )

    @staticmethod
    def _timecode(
        source: Source, wanted: Wanted, placed: PlacedClip
    ) -> Literal["agrees", "inside", "none", "unsaid", "lost", "differs"]:
        own, available = timecode_seconds(source), wanted.available
        if available is None:
            if not own:
                return "none"
            return "agrees" if first_frame(source, None, placed).seconds == own else "unsaid"
        if not own:
            return "none" if available.start == 0 else "lost"
        rate = available.rate or (source.rate if source.kind == "movie" else 24)
        if abs(available.start - own) * rate < 1:
            return "agrees"
        if available.is_part_of(source):
            return "inside"
        return "unsaid" if available.start == 0 else "differs"

    def rank(self, by: By) -> Rank:
        """Raises MediaRefused where too little agrees."""
        # Recorders and editors count a sound's time of day differently.
        if self.timecode == "differs" and not (by == "name" and self.same_length and self.source.kind == "sound"):
            raise MediaRefused(self._other_timecode())
        positive = self.timecode == "agrees" or self.timecode == "inside"
        proven = self.timecode == "inside" or (positive and self.wanted.available is None)
        if by == "name":
            return Rank.NAME_AND_CLOCK if self.same_length or proven else Rank.NAME
        if by == "reel":
            if positive:
                return Rank.REEL_AND_TIMECODE
        elif proven or (self.same_length and self.timecode != "lost"):
            return Rank.STEM_AND_CLOCK
        if self.timecode in ("agrees", "none", "unsaid") and self.wanted.available and not self.same_length:
            raise MediaRefused(self._other_length())
        raise MediaRefused("its timecode does not show that it is the same")

    def doubt(self) -> str | None:
        """What speaks against it. None where nothing does."""
        if self.wanted.available is None:
            return None if self.timecode == "agrees" else "nothing but its name shows that it is the same"
        if not self.same_length and self.timecode != "inside":
            return self._other_length()
        if self.timecode == "lost":
            return "it has no timecode, and the timeline says one"
        return self._other_timecode() if self.timecode == "differs" else None

    def _other_length(self) -> str:
        available = self.wanted.available
        said = available.duration if available else 0
        return (
            f"it lasts {float(self.source.frames / self.source.rate):.2f} s, and the timeline says {float(said):.2f} s"
        )

    def _other_timecode(self) -> str:
        own, available = timecode_seconds(self.source), self.wanted.available
        assert own is not None
        assert available is not None
        return (
            f"its timecode starts at {clock(own, self.source)}, and the timeline says"
            f" {clock(available.start, self.source)}"
        )


def _refuse_other_kind(source: Source, by: By, wanted: Wanted, placed: PlacedClip) -> None:
    if placed.track.kind != "audio":
        if source.kind != "movie":
            raise MediaRefused("it has no moving picture")
        return
    if not source.audio:
        raise MediaRefused("it has no sound")
    was_sound = Path(wanted.spelled.replace("\\", "/")).suffix.lower() in _SOUND_ENDINGS
    if by == "stem" and not wanted.guessed and was_sound != (source.kind == "sound"):
        raise MediaRefused("it is a movie of that name" if was_sound else "it is a sound file of that name")


def _refuse_other_rate(source: Source, wanted: Wanted) -> None:
    said = wanted.available.rate if wanted.available else None
    if said is not None and source.kind == "movie" and said != source.rate:
        raise MediaRefused(f"it runs at {_rate(source.rate)} frames a second, and the timeline says {_rate(said)}")


def _name(source: Source, by: By, wanted: Wanted) -> str:
    """What its name has in common."""
    if by == "name":
        return "the same name"
    if by == "stem":
        return (
            f"the same name but for “{source.path.suffix}”"
            if source.path.suffix
            else "the same name but for its ending"
        )
    own = (source.reel or "").casefold()
    reel = next((reel for reel in wanted.reels if reel.casefold() == own), None)
    return f"reel {reel or next(iter(wanted.reels))}" + ("" if reel else " in its name")


def _rate(rate: Rate) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")
