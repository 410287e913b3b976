"""The cut as it was when it was last run, and which of its shots each use in the new one comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from reperform.ledger.ledger import Ledger
from reperform.ledger.records import RunRow
from reperform.model import Plan, Shot, TimelineInfo
from reperform.workflow.reattaching.footage import Footage, identity_of
from reperform.workflow.reattaching.pacing import Target

__all__ = ["Alone", "Came", "Earlier", "came_from", "earlier_cut", "source_frames"]


@dataclass(frozen=True, kw_only=True)
class Alone:
    """A use in the earlier cut that showed something performed and had no take: nobody had marked it."""

    identity: str
    sources: frozenset[int]
    """The frames of the media that it showed."""
    track: str
    in_frame: int
    """On the record."""


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """The shots with takes of an earlier cut."""

    timeline: TimelineInfo | None = None
    """None: nothing is known of it."""
    shots: tuple[Shot, ...] = ()
    identities: Mapping[str, str] = field(default_factory=dict)
    """Of their originals, by shot."""
    run: RunRow | None = None
    alone: tuple[Alone, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Of the shots."""
        return frozenset(shot.id for shot in self.shots)


@dataclass(frozen=True, kw_only=True)
class Came:
    """Where a use comes from."""

    shot: Shot | None
    """None: a use that nobody had marked."""
    first: bool
    """It is the one that the shot became; others were split off, or are duplicates."""
    beside: tuple[Target, ...]
    """The other uses that come from the same shot."""


def earlier_cut(ledger: Ledger, footage: Footage, uses: Sequence[tuple[str, Target]]) -> Earlier:
    """The last run of whichever timeline has most in common with the new cut. `uses` are its uses, with their identities."""
    shown: dict[str, set[int]] = defaultdict(set)
    for identity, target in uses:
        shown[identity] |= target.sources
    best, most = Earlier(), 0
    for run in ledger.runs.last():
        try:
            plan = Plan.model_validate_json(run.plan)
        except ValidationError:
            continue
        earlier = _with_takes(plan, footage)
        common = sum(not shown[earlier.identities[shot.id]].isdisjoint(source_frames(shot)) for shot in earlier.shots)
        if common > most or (best.timeline is None and earlier.shots):
            best, most = replace(earlier, run=run), common
    return best


def _with_takes(plan: Plan, footage: Footage) -> Earlier:
    identities: dict[str, str] = {}
    for shot in plan.shots:
        identity = footage.identities.get(shot.source.path) or identity_of(shot.source)
        if identity is not None and footage.knows(identity):
            frames = source_frames(shot)
            if any(not frames.isdisjoint(line.performed) for line in footage.lines(identity)):
                identities[shot.id] = identity
    shots = tuple(shot for shot in plan.shots if shot.id in identities)
    return Earlier(timeline=plan.timeline, shots=shots, identities=identities)


def source_frames(shot: Shot) -> frozenset[int]:
    """The frames of the media that a shot shows."""
    visible = shot.media.visible
    if shot.media.map is None:
        return frozenset(range(visible.start, visible.end))
    return frozenset(shot.media.map[shot.media.head :][: visible.frames])


def came_from(earlier: Earlier, uses: Sequence[tuple[str, Target]]) -> list[Came | None]:
    """For each use what it comes from: the shot whose frames it shows, nearest to where it was; None for a new one."""
    before = _before(earlier)
    parent: dict[int, int] = {}
    first: dict[int, int] = {}
    pairs = sorted(_pairs(before, uses))
    for _, number, old in pairs:
        if number not in parent and old not in first:
            parent[number], first[old] = old, number
    for _, number, old in pairs:
        parent.setdefault(number, old)
    came: list[Came | None] = []
    for number in range(len(uses)):
        whence = parent.get(number)
        if whence is None:
            came.append(None)
            continue
        beside = tuple(uses[other][1] for other, theirs in parent.items() if theirs == whence and other != number)
        came.append(Came(shot=before[whence].shot, first=first.get(whence) == number, beside=beside))
    return came


@dataclass(frozen=True, kw_only=True)
class _Before:
    """What a use may come from."""

    shot: Shot | None
    place: Alone


def _before(earlier: Earlier) -> list[_Before]:
    shots = [
        _Before(
            shot=shot,
            place=Alone(
                identity=earlier.identities[shot.id],
                sources=source_frames(shot),
                track=shot.track,
                in_frame=shot.record.in_frame,
            ),
        )
        for shot in earlier.shots
    ]
    return [*shots, *(_Before(shot=None, place=alone) for alone in earlier.alone)]


def _pairs(
    before: Sequence[_Before], uses: Sequence[tuple[str, Target]]
) -> Iterator[tuple[tuple[float, bool, int], int, int]]:
    """How alike each use and each that it may come from are, the less the more; their numbers."""
    by_identity: dict[str, list[int]] = defaultdict(list)
    for old, each in enumerate(before):
        by_identity[each.place.identity].append(old)
    for number, (identity, target) in enumerate(uses):
        for old in by_identity[identity]:
            place = before[old].place
            if common := len(place.sources & target.sources):
                moved = abs(target.shot.record.in_frame - place.in_frame)
                together = len(place.sources | target.sources)
                yield (-common / together, target.shot.track != place.track, moved), number, old
