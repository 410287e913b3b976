"""The pictures of a report: the same frame of the original and of its takes, made when the page comes to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from reperform.errors import InputError, MediaError
from reperform.reporting.allowing import Allowance
from reperform.reporting.documents import Shot, Version
from reperform.reporting.seen import Made, Seen
from reperform.reporting.shots import clock_of

if TYPE_CHECKING:
    from reperform.linking.linker import Linker
    from reperform.media.viewing.base import Viewing
    from reperform.model import Source
    from reperform.reporting.gathering import Gathered
    from reperform.timing import FrameRange

__all__ = ["Look", "Looking"]

_SMALL = 0.4
"""The other takes, beside the two large pictures."""
_TRIED = 7
"""Frames of a cue that are compared."""
_TINY = 96


@dataclass(frozen=True, kw_only=True)
class Look:
    """The pictures of one shot."""

    timecode: str = ""
    """Record timecode of the frame that is shown."""
    source_timecode: str = ""
    urls: dict[str, str] = field(default_factory=dict)
    """`data:` URLs, by the version's id."""
    words: dict[str, str] = field(default_factory=dict)
    """Why a version has none, by its id."""


class Looking:
    """Makes the pictures of a report's shots."""

    def __init__(self, gathered: Gathered, allowance: Allowance) -> None:
        from reperform.linking.linker import Linker
        from reperform.workflow.finding import prober

        self._gathered = gathered
        self._allowance = allowance
        self._probe = prober()
        self._linker: Linker = Linker(gathered.cut, self._probe)

    def at(self, position: int) -> Look:
        """The pictures of the shot at this position of the report."""
        if position >= self._allowance.shots:
            return Look(words={"": "left out"})
        shot, seen = self._gathered.report.shots[position], self._gathered.seen[position]
        return _Looked(shot, seen, self).look()

    @property
    def allowance(self) -> Allowance:
        """What may be shown."""
        return self._allowance

    def record(self, seen: Seen, frame: int) -> str:
        """Record timecode of a frame of a shot's clock."""
        return clock_of(seen, self._gathered.cut).record(frame)

    def original(self, seen: Seen) -> tuple[Source, Callable[[int], int]]:
        """The original, and which of its frames stands at a frame of the shot's clock.

        Raises:
            MediaRefused, MediaError: it is not here, or cannot be opened.

        """
        from reperform.errors import MediaRefused
        from reperform.media.originals import source_frames

        shot = seen.shot
        if shot is not None and _is_there(shot.source):
            return shot.source, source_frames(shot)
        if seen.placed is None or seen.record is None or seen.record.clock == "record":
            raise MediaRefused("it is not here")
        linked = self._linker.link(seen.placed)
        return linked.source, lambda frame: frame

    def viewing(self, seen: Seen) -> Viewing | None:
        """How its pictures are looked at: through the LUT that its takes were made through; None: as they are."""
        from reperform.performing import luts

        return luts.view_of((made.record.viewing for made in seen.made), self._gathered.project)

    def take(self, made: Made) -> Source:
        """A take's file, or its pictures. Raises as `original` does."""
        from reperform.errors import MediaRefused
        from reperform.timeline.locations import is_file, refuse_by_name, refuse_text

        for path in made.paths:
            pictures = made.record.sequence
            if pictures is not None and path.is_dir():
                sequence: Source = self._probe(path / pictures.pattern, rate=made.record.rate, sequence=pictures)
                return sequence
            if is_file(path):
                refuse_by_name(path.name)
                refuse_text(path)
                found: Source = self._probe(path, rate=made.record.rate)
                return found
        raise MediaRefused("its file is not here")


class _Looked:
    """One shot while it is looked at."""

    def __init__(self, shot: Shot, seen: Seen, looking: Looking) -> None:
        self._shot, self._seen, self._looking = shot, seen, looking
        self._beside = shot.beside.id if shot.beside else ""
        self._made = {made.record.take: made for made in seen.made}
        self._viewing = looking.viewing(seen)
        self._words: dict[str, str] = {}
        self._urls: dict[str, str] = {}

    def look(self) -> Look:
        allowance = self._looking.allowance
        original, number = self._original()
        takes = {version.id: self._take(version) for version in self._wanted(others=allowance.others)}
        frame = self._frame(original, number, takes.get(self._beside))
        large = allowance.width
        if original is not None and (allowance.originals or self._shot.beside is None):
            self._picture("original", original, number(frame), large)
        for name, source in takes.items():
            if source is not None:
                width = large if name == self._beside else round(large * _SMALL)
                self._picture(name, source, frame - self._made[name].record.in_frame, width)
        return Look(
            timecode=self._looking.record(self._seen, frame),
            source_timecode=_timecode(original, number(frame)) if original is not None else "",
            urls=self._urls,
            words=self._words,
        )

    def _wanted(self, *, others: bool) -> Iterator[Version]:
        if self._shot.beside is not None:
            yield self._shot.beside
        if others:
            yield from self._shot.others

    def _original(self) -> tuple[Source | None, Callable[[int], int]]:
        try:
            source, number = self._looking.original(self._seen)
        except (InputError, MediaError) as error:
            self._words["original"] = _why(error)
            return None, lambda frame: frame
        first, last = 0, source.frames - 1

        def inside(frame: int) -> int:
            with suppress(MediaError):
                return min(max(number(frame), first), last)
            return first

        return source, inside

    def _take(self, version: Version) -> Source | None:
        try:
            return self._looking.take(self._made[version.id])
        except (InputError, MediaError) as error:
            self._words[version.id] = _why(error)
            return None

    def _frame(self, original: Source | None, number: Callable[[int], int], take: Source | None) -> int:
        """The frame at which the take is most unlike the original, where both are here; else the middle of the first cue."""
        cues = list(self._cues())
        middle = cues[0].start + cues[0].frames // 2 if cues else self._first + self._frames // 2
        if original is None or take is None or not cues or not self._looking.allowance.compares:
            return middle
        first = self._made[self._beside].record.in_frame
        tried = [frame for frame in _tried(cues) if 0 <= frame - first < take.frames]
        with suppress(MediaError, InputError, ValueError):
            return _most_unlike(original, [number(frame) for frame in tried], take, tried, first) if tried else middle
        return middle

    def _cues(self) -> Iterator[FrameRange]:
        from reperform.timing import FrameRange

        visible = FrameRange(self._first, self._frames)
        standing = self._made.get(self._beside)
        if standing is not None:
            ranges = [FrameRange(int(cue["in_frame"]), int(cue["frames"])) for cue in standing.record.cues]
        else:
            ranges = [cue.range for cue in self._seen.shot.cues] if self._seen.shot else []
        yield from (seen for each in ranges if (seen := each.intersection(visible)).frames)

    @property
    def _first(self) -> int:
        record, shot = self._seen.record, self._seen.shot
        return record.in_frame if record else shot.media.in_frame if shot else 0

    @property
    def _frames(self) -> int:
        record, shot = self._seen.record, self._seen.shot
        return record.frames if record else shot.media.frames if shot else 1

    def _picture(self, name: str, source: Source, frame: int, width: int) -> None:
        from reperform.media import frames
        from reperform.sheets.pictures import data_url, picture_width

        try:
            number = min(max(frame, 0), source.frames - 1)
            array = frames.rgb(source, number, width=picture_width(source, width), viewing=self._viewing)
            self._urls[name] = data_url(array)
        except (MediaError, InputError) as error:
            self._words[name] = _why(error)


def _is_there(source: Source) -> bool:
    from reperform.timeline.locations import is_file

    return is_file(source.path) if source.sequence is None else source.path.parent.is_dir()


def _tried(cues: Sequence[FrameRange]) -> list[int]:
    """Frames spread over the cues, those of the longest ones first."""
    longest = sorted(cues, key=lambda cue: -cue.frames)[:3]
    each = max(3, _TRIED // len(longest))
    return sorted({cue.start + (2 * step + 1) * cue.frames // (2 * each) for cue in longest for step in range(each)})


def _most_unlike(original: Source, numbers: Sequence[int], take: Source, tried: Sequence[int], first: int) -> int:
    import numpy as np

    from reperform.media import frames

    if any(after < before for before, after in pairwise(numbers)):
        return tried[len(tried) // 2]
    ours = frames.arrays(take, [frame - first for frame in tried], width=_TINY)
    theirs = frames.arrays(original, numbers, width=_TINY)
    unlike = [
        float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean()) if one.shape == other.shape else 0.0
        for one, other in zip(ours, theirs, strict=True)
    ]
    return tried[max(range(len(tried)), key=unlike.__getitem__)]


def _timecode(source: Source, frame: int) -> str:
    from reperform.timing import format_timecode

    if source.start_frame is None:
        return ""
    return format_timecode(source.start_frame + frame, source.rate, drop_frame=source.drop_frame)


def _why(error: InputError | MediaError) -> str:
    """In few words: folders and clips are said elsewhere, or are nobody's business who gets this file."""
    from reperform.errors import CameraRaw

    if isinstance(error, CameraRaw):
        return "camera raw, which is not decoded here"
    if isinstance(error, InputError):
        return "its media is not here"
    return "its picture cannot be read"
