"""Which picture a mark belongs to: its own clip, or the topmost moving picture under it in record time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from reperform.model import IgnoredMarker
from reperform.timeline.cut import Index, PlacedClip, PlacedMarker
from reperform.timeline.marks import Mark, ignore
from reperform.timeline.picture import PictureFinder
from reperform.timeline.recognising import is_take_clip
from reperform.timeline.reporting import Reporter
from reperform.timing import SNAP, floor_frame

__all__ = ["Placer", "Spot", "is_point", "short"]

_SLOWEST_FRAMES = 10
"""A marker's own rate below this counts seconds, not frames."""
_A_FRAME = 1 + SNAP


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A mark on one clip of moving picture. Record seconds."""

    mark: Mark
    clip: PlacedClip
    start: Fraction
    end: Fraction
    """Of the mark on this clip. Meaningless for a point."""
    point: bool
    """One frame or less: it asks for the guide's dialogue or for the whole clip."""
    begun_before: Fraction = Fraction(0)
    """Seconds of the mark that lie on clips before this one."""
    goes_on: bool = False
    """The mark lies on clips after this one, too."""


def is_point(placed: PlacedMarker, rate: Fraction) -> bool:
    """Whether a marker is one frame long or less, of its own frames or of the timeline's."""
    own = placed.marker.marked_range.duration
    if own.rate >= _SLOWEST_FRAMES and own.value <= float(_A_FRAME):
        return True
    if placed.record_start is None or placed.record_end is None:
        return True
    return (placed.record_end - placed.record_start) * rate <= _A_FRAME


class Placer:
    """Places the marks of one cut."""

    def __init__(self, index: Index, report: Reporter) -> None:
        self._index = index
        self._report = report
        self._finder: PictureFinder | None = None
        self._uncertain: dict[str, list[Mark]] = {}
        self.ignored: list[IgnoredMarker] = []

    def spots(self, mark: Mark) -> list[Spot]:
        """Where the mark asks for a cue: one spot for each piece of picture under it. Empty where it can have none."""
        placed = mark.placed
        if placed.trimmed_away:
            self._say_trimmed(mark)
            return []
        if placed.record_start is None or placed.record_end is None:
            self._unplaceable(mark)
            return []
        if placed.clip and (why := _disabled(placed.clip)):
            self.ignored.append(ignore(self._index, placed, mark.text, why))
            return []
        if placed.uncertain:
            self._uncertain.setdefault(placed.uncertain, []).append(mark)
        if placed.clip and self._is_picture(placed.clip):
            return self._on_clip(mark, placed.clip, placed.record_start, placed.record_end)
        return self._on_picture_under(mark, placed.record_start, placed.record_end)

    def say_what_is_uncertain(self) -> None:
        """One warning for each reason, at the first mark that it holds for."""
        for why, marks in self._uncertain.items():
            placed = marks[0].placed
            more = f" and {len(marks) - 1} more" if len(marks) > 1 else ""
            self._report.warning(placed.clip, placed.record_start, f"the mark “{short(marks[0])}”{more}: {why}")

    def _say_trimmed(self, mark: Mark) -> None:
        placed = mark.placed
        outside = f"the mark “{short(mark)}” lies outside the visible range of its clip"
        if placed.uncertain:
            fix = "set the mark on the timeline instead, above the clip, if it is meant to be seen"
            self._report.warning(placed.clip, placed.record_start, f"{outside}, and {placed.uncertain}", fix)
        else:
            self._report.note(placed.clip, placed.record_start, f"{outside}: it has been trimmed away")

    def _unplaceable(self, mark: Mark) -> None:
        why = mark.placed.uncertain or "where it stands on its clip is not known"
        fix = "set the mark on the timeline instead, above the clip"
        self._report.error(mark.placed.clip, None, f"the mark “{short(mark)}” cannot be placed: {why}", fix)

    def _is_picture(self, clip: PlacedClip) -> bool:
        """Whether a mark on the clip is for the clip itself. One on a track of takes stands for the original below it."""
        if clip.track.kind != "video" or not clip.moving:
            return False
        if not self._is_take(clip):
            return True
        return not self._picture_finder().topmost(clip.record_start, clip.record_end)

    def _is_take(self, clip: PlacedClip) -> bool:
        return self._index.cut.may_hold_takes and is_take_clip(clip.clip)

    def _on_clip(self, mark: Mark, clip: PlacedClip, start: Fraction, end: Fraction) -> list[Spot]:
        point = is_point(mark.placed, self._index.cut.rate)
        start, end = max(start, clip.record_start), min(end, clip.record_end)
        self._say_angles(mark, clip)
        return [Spot(mark=mark, clip=clip, start=start, end=end, point=point)]

    def _on_picture_under(self, mark: Mark, start: Fraction, end: Fraction) -> list[Spot]:
        point = is_point(mark.placed, self._index.cut.rate)
        if point:
            start = self._on_frame(start)
            end = start + 1 / self._index.cut.rate
        pieces = list(self._pieces(start, end))
        if not pieces:
            message = f"no moving picture is under the mark “{short(mark)}”"
            self._report.error(mark.placed.clip, start, message, "move it onto a shot, or take it out")
            return []
        pieces = pieces[:1] if point else pieces
        self._say_what_is_above(mark, pieces)
        for clip, _start, _end in pieces:
            self._say_angles(mark, clip)
        if len(pieces) > 1:
            self._say_cuts(mark, pieces)
        return [
            Spot(
                mark=mark,
                clip=clip,
                start=first,
                end=last,
                point=point,
                begun_before=first - start if number else Fraction(0),
                goes_on=number < len(pieces) - 1,
            )
            for number, (clip, first, last) in enumerate(pieces)
        ]

    def _on_frame(self, seconds: Fraction) -> Fraction:
        """The moment, moved onto the frame that it means: a hair before a cut is the cut."""
        rate = self._index.cut.rate
        return max(seconds, floor_frame(seconds, rate) / rate)

    def _pieces(self, start: Fraction, end: Fraction) -> Iterator[tuple[PlacedClip, Fraction, Fraction]]:
        """The topmost picture over a span, without slivers that only rounding left."""
        found = self._picture_finder().topmost(start, end)
        sliver = SNAP / self._index.cut.rate
        for piece in found:
            if piece[2] - piece[1] > sliver or len(found) == 1:
                yield piece

    def _picture_finder(self) -> PictureFinder:
        if self._finder is None:
            self._finder = PictureFinder(self._index)
        return self._finder

    def _say_cuts(self, mark: Mark, pieces: list[tuple[PlacedClip, Fraction, Fraction]]) -> None:
        names = ", ".join(f"{clip.name} ({clip.track.label})" for clip, _, _ in pieces)
        message = f"the mark “{short(mark)}” lies across a cut: it becomes {len(pieces)} cues, on {names}"
        self._report.warning(pieces[0][0], pieces[0][1], message, "mark each clip by itself if that is not meant")

    def _say_angles(self, mark: Mark, clip: PlacedClip) -> None:
        """Where the clip is an angle of a multicam clip, that the file does not say which one is seen."""
        if not self._index.cut.dialect.is_angle(clip.track.track):
            return
        others = [
            track
            for track in self._index.tracks
            if track.address[:-1] == clip.track.address[:-1]
            and track.address != clip.track.address
            and track.enabled
            and track.kind == "video"
        ]
        if others:
            message = (
                f"the mark “{short(mark)}” is taken for {clip.track.track.name}, one of {len(others) + 1} angles of a"
                " multicam clip: the file does not say which of them is seen"
            )
            fix = "flatten the multicam clip, or disable its other angles, and export again if it is another one"
            self._report.warning(clip, clip.record_start, message, fix)

    def _say_what_is_above(self, mark: Mark, pieces: list[tuple[PlacedClip, Fraction, Fraction]]) -> None:
        for clip, start, end in pieces:
            for above in self._picture_finder().above(clip, start, end):
                if self._is_take(above):
                    continue
                message = (
                    f"the mark “{short(mark)}” is taken for this clip; {above.name} ({above.track.label}) lies above it"
                )
                self._report.note(clip, start, message)


def _disabled(clip: PlacedClip) -> str | None:
    """Why a mark on the clip does not count. One on a muted audio track does: the picture under it is seen."""
    if not clip.clip.enabled:
        return "its clip is disabled"
    return "its track is disabled" if clip.track.kind == "video" and not clip.enabled else None


def short(mark: Mark) -> str:
    """The mark's text on one line, for messages."""
    text = " ".join(mark.text.split()) or "no text"
    return text if len(text) <= 60 else f"{text[:57]}…"
