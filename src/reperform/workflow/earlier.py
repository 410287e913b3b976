"""Takes of shots that cannot be performed now: their media is away, or their mark is broken. What was made of them stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.model import Plan, Shot, Take

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.timeline.cut import Cut
    from reperform.timeline.placed import PlacedClip
    from reperform.workflow.documents import Planned

__all__ = ["earlier_shots", "earlier_takes"]


def earlier_shots(planned: Planned, ledger: Ledger) -> tuple[Shot, ...]:
    """Shots that an earlier run of this timeline planned, that this plan cannot, and whose clips stand where they stood."""
    from reperform.planning.stopping import Errors

    plan = planned.plan
    there = {shot.id for shot in plan.shots}
    lost = [each for each in plan.errors if each.where.track and each.where.timecode]
    if not lost:
        return ()
    errors = Errors(lost, plan.timeline)
    placed = _by_place(planned.cut)
    found: dict[str, Shot] = {}
    for earlier in _plans(ledger, plan.timeline.path):
        for shot in earlier.shots:
            if shot.id in there or shot.id in found or not errors.stop(shot):
                continue
            clip = placed.get((shot.track, shot.record.in_frame, shot.record.frames))
            if clip is not None and clip.name == shot.clip and _shows_the_same(clip, shot):
                found[shot.id] = _as_it_stands(shot, clip, same=earlier.timeline.sha256 == plan.timeline.sha256)
    return tuple(found.values())


def earlier_takes(shots: Sequence[Shot], ledger: Ledger) -> dict[str, tuple[Take, ...]]:
    """By shot id: the takes that the project has of these shots, by the files they were made of, which need not be there."""
    from reperform.performing.making import takes_of
    from reperform.performing.taking import read

    identities = _identities(ledger, {shot.source.path for shot in shots}) if shots else {}
    found = {}
    for shot in shots:
        rows = [
            row
            for identity in identities.get(shot.source.path, ())
            for row in takes_of(shot, identity, ledger)
            if ledger.takes.path(row).exists()
        ]
        if rows:
            found[shot.id] = tuple(read(row, ledger, shot_id=shot.id) for row in rows)
    return found


def _plans(ledger: Ledger, timeline: Path) -> Iterator[Plan]:
    """What earlier runs of this timeline were to do, the newest first."""
    for run in ledger.runs.of_timeline(timeline):
        yield Plan.model_validate_json(run.plan)


def _by_place(cut: Cut) -> Mapping[tuple[str, int, int], PlacedClip]:
    from reperform.timeline.index import build

    return {(clip.track.label, clip.record.start, clip.record.frames): clip for clip in build(cut).clips}


def _shows_the_same(clip: PlacedClip, shot: Shot) -> bool:
    """Whether the clip was not slipped since: it begins at the same frame, counted from the file's timecode or from its start."""
    from reperform.timing import parse_timecode

    first = round(clip.source_start * Fraction(shot.media.rate))
    if first == shot.media.in_frame or shot.media.start is None:
        return first == shot.media.in_frame
    return first == parse_timecode(shot.media.start, shot.media.rate, drop_frame=shot.source.drop_frame)


def _as_it_stands(shot: Shot, clip: PlacedClip, *, same: bool) -> Shot:
    """The shot in the timeline as it is now, without jobs. Of another version, what was linked to it is not known."""
    linked = shot.linked_audio if same else ()
    return shot.model_copy(update={"address": clip.address, "index": clip.index, "linked_audio": linked, "jobs": ()})


def _identities(ledger: Ledger, paths: Collection[Path]) -> dict[Path, tuple[str, ...]]:
    """By path of an original: what takes that were made of it call it."""
    attempts = {result.id: result.attempt_id for result in ledger.results.all()}
    found: dict[Path, dict[str, None]] = {}
    for row in ledger.takes.all():
        for each in row.performed:
            if (attempt_id := attempts.get(each.result_id)) is None:
                continue
            path = Shot.model_validate_json(ledger.claims.attempt(attempt_id).shot).source.path
            if path in paths:
                found.setdefault(path, {})[row.source_identity.partition("#")[0]] = None
    return {path: tuple(identities) for path, identities in found.items()}
