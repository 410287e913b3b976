"""Save: what was decided goes into the timeline: the active references, the tracks of takes, and markers that say it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.errors import InputError, TimelineError
from reperform.timeline import records
from reperform.timeline.alternates import ORIGINAL
from reperform.timing import FrameRange

if TYPE_CHECKING:
    import opentimelineio as otio

    from reperform.ledger.decisions import Verdicts
    from reperform.review.board import Board
    from reperform.review.scene import Scene
    from reperform.timeline.cut import Cut

__all__ = ["Kept", "Stale", "is_saved", "save"]

_FIELD = "decisions"
"""Of our record on the timeline: a digest of what was decided when it was saved."""
_MARKER = "review"
"""Of our record on a marker that a save has set."""
_COLORS = {"circled": "GREEN", "rejected": "RED", "note": "YELLOW"}


class Stale(Exception):
    """The file is not as it was read."""

    def __init__(self, path: Path) -> None:
        self.message = f"“{path.name}” was changed by someone else since it was read; it was not written"
        self.fix = "Read it anew, look whether all is as you want it, and save again."
        super().__init__(self.message)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What Save did."""

    path: Path
    previous: Path | None
    """Where the version from before is kept; None where nothing had to be written."""
    left: tuple[str, ...] = ()
    """What could not be put in, in words."""


def is_saved(scene: Scene, verdicts: Verdicts) -> bool:
    """Whether the timeline says all that was decided."""
    said = records.says(scene.cut.timeline, _FIELD) if scene.sha256 else None
    return bool(said == _digest(verdicts))


def save(board: Board) -> Kept:
    """Writes the timeline with what was decided, by atomic rename; the version from before is kept under a numbered name.

    Raises:
        Stale: the file was changed since it was read.
        TimelineError: it is not there yet, or is of a format in which takes cannot be switched.

    """
    from reperform.workflow.choices import put

    scene, verdicts = board.scene, board.verdicts()
    if scene.sha256 is None:
        raise TimelineError(
            f"“{board.out.name}” is not written yet",
            fix="Wait for the run to end: what was decided is kept until then.",
        )
    chosen, left = _wanted(board, verdicts)

    def finish(timeline: otio.schema.Timeline, cut: Cut) -> None:
        if cut.sha256 != scene.sha256:
            raise Stale(board.out)
        _mark(timeline, cut, board, verdicts)
        _sign(timeline, verdicts)

    saved = put(board.out, chosen, ledger=board.ledger, finish=finish)
    return Kept(path=board.out, previous=next(iter(saved.kept), None), left=left)


def _wanted(board: Board, verdicts: Verdicts) -> tuple[dict[str, str], tuple[str, ...]]:
    """By shot: what is circled; and which of it the timeline does not hold."""
    chosen: dict[str, str] = {}
    left: list[str] = []
    for (shot_id, version_id), verdict in verdicts.items():
        shot = board.scene.shots.get(shot_id)
        if not verdict.circled or shot is None:
            continue
        if shot.record is None:
            left.append(f"{shot.placed.name} has no takes in the timeline yet: the run that goes on writes them")
            continue
        try:
            version = board.version(shot_id, version_id)
        except InputError:
            left.append(f"{shot.placed.name}: the version that was circled is not there any more")
            continue
        if version_id != ORIGINAL and not version.in_timeline:
            left.append(f"{shot.placed.name}: {version.label} is not in the timeline yet; `reperform run` writes it")
        else:
            chosen[shot_id] = version_id
    return chosen, tuple(left)


def _digest(verdicts: Verdicts) -> str | None:
    said = [
        [*place, verdict.circled, verdict.rejected, [[note.frame, note.text] for note in verdict.notes]]
        for place, verdict in sorted(verdicts.items())
        if verdict.circled or verdict.rejected or verdict.notes
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32] if said else None


def _sign(timeline: otio.schema.Timeline, verdicts: Verdicts) -> None:
    digest = _digest(verdicts)
    if digest is not None:
        timeline.metadata[records.NAMESPACE][_FIELD] = digest


def _mark(timeline: otio.schema.Timeline, cut: Cut, board: Board, verdicts: Verdicts) -> None:
    """Markers that say what was decided, in place of those of an earlier save. Where they would be misread, none."""
    from reperform.timeline.index import build
    from reperform.timeline.markup.spots import on_clip

    for item in (timeline.tracks, *timeline.tracks.find_clips()):
        _take_off(item)
    index = build(replace(cut, timeline=timeline))
    before = _stand(index.markers)
    placed = {str(records.says(each.clip, "shot")): each for each in index.clips if records.says(each.clip, "original")}
    made: list[Any] = []
    for shot_id, label, kind, frame, text in _remarks(board, verdicts):
        clip = placed.get(shot_id)
        if clip is None:
            continue
        at = clip.record.start + min(frame or 0, clip.record.frames - 1)
        marked_range = on_clip(index, clip, FrameRange(at, 1), guess=True)
        if marked_range is not None:
            made.append((clip, _marker(marked_range, kind, label, text)))
    for clip, marker in made:
        clip.clip.markers.append(marker)
    again = build(replace(cut, timeline=timeline))
    ours = (each for each in again.markers if records.says(each.marker, _MARKER) is None)
    if _stand(ours) != before:
        for item in timeline.tracks.find_clips():
            _take_off(item)


def _remarks(board: Board, verdicts: Verdicts) -> Iterator[tuple[str, str, str, int | None, str]]:
    """Shot, the version's label, what was decided, the frame of the shot, and a note's words."""
    for (shot_id, version_id), verdict in verdicts.items():
        labels = {each.id: each.label for each in board.versions(shot_id)}
        label = labels.get(version_id, version_id)
        if verdict.circled:
            yield shot_id, label, "circled", None, ""
        if verdict.rejected:
            yield shot_id, label, "rejected", None, ""
        for note in verdict.notes:
            yield shot_id, label, "note", note.frame, note.text


def _marker(marked_range: Any, kind: str, label: str, text: str) -> otio.schema.Marker:
    import opentimelineio as otio

    name = f"Review: note on {label}" if kind == "note" else f"Review: {kind} {label}"
    marker = otio.schema.Marker(name=name, marked_range=marked_range, color=_COLORS[kind], comment=text)
    marker.metadata[records.NAMESPACE] = {_MARKER: kind}
    return marker


def _take_off(item: Any) -> None:
    for number in range(len(item.markers) - 1, -1, -1):
        if records.says(item.markers[number], _MARKER) is not None:
            del item.markers[number]


def _stand(markers: Iterable[Any]) -> list[tuple[str, object, object]]:
    return [(each.marker.name, each.record_start, each.record_end) for each in markers]
