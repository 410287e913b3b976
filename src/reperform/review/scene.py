"""What is looked at: the timeline that a run wrote, or is about to write, and the shots in it that are performed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import ReperformError, TimelineError
from reperform.model import Plan, Problem, Shot
from reperform.review.strip import Piece, Seen, pieces_of, seen_in
from reperform.timeline.alternates import ORIGINAL

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.records import RunRow
    from reperform.settings import Settings
    from reperform.timeline.alternates import Entry
    from reperform.timeline.cut import Cut, Index, PlacedClip
    from reperform.timeline.records import ClipRecord

__all__ = ["Scene", "SceneShot", "load", "refuse_without_takes"]


@dataclass(frozen=True, kw_only=True)
class SceneShot:
    """A clip that is performed, or is to be."""

    id: str
    placed: PlacedClip
    clip_index: int
    """Of its first piece in the strip; -1 where nothing of it is seen."""
    document: Shot | None
    """As it was planned. None where the project knows no run that planned it."""
    record: ClipRecord | None
    """What the timeline says of it. None while it has no takes in there."""
    entries: tuple[Entry, ...]
    """Its takes in the timeline, in the order of their keys."""

    @property
    def in_cut(self) -> str:
        """The version that the timeline plays: a take's id, or `original`."""
        return (self.record.chosen if self.record else None) or ORIGINAL

    @property
    def clock(self) -> str:
        """`media` or `record`: what its frames count on."""
        known = self.document or self.record
        return known.clock if known else "media"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A timeline as it was read, and the run that it is of."""

    out: Path
    sha256: str | None
    """Of `out` as it was read; None while it is not there yet."""
    index: Index
    pieces: tuple[Piece, ...]
    shots: Mapping[str, SceneShot]
    """By id, in the order of the cut."""
    run: RunRow | None
    plan: Plan | None

    @property
    def cut(self) -> Cut:
        """The timeline."""
        return self.index.cut

    @property
    def frames(self) -> int:
        """Its length, in frames of its rate."""
        return self.index.frames

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What its run has to say of it."""
        noted = self.plan.problems if self.plan else ()
        return tuple(each for each in (*noted, *self.cut.notes) if each.severity != "note")


def load(out: Path, *, project: Path, settings: Settings, ledger: Ledger) -> Scene:
    """The timeline at `out`, else the one that the last run is making it of.

    Raises:
        InputError: there is neither, or nothing in it was ever performed.

    """
    from reperform.memory import in_tidy_memory

    return in_tidy_memory(lambda: _load(out, project, settings, ledger))


def refuse_without_takes(out: Path) -> None:
    """Whether a timeline of which no project knows holds takes.

    Raises:
        TimelineError: it is not there, cannot be read, or holds none.

    """
    from reperform.timeline import choosing
    from reperform.timeline.reading import read

    if not out.exists():
        raise _not_there(out)
    if not choosing.choices(read(out).timeline):
        raise _without_takes(out)


def _without_takes(out: Path) -> TimelineError:
    return TimelineError(
        f"“{out.name}” holds no takes, and the project knows of no run that writes it",
        fix="Give the timeline that `reperform run` writes (-o), while it runs or afterwards.",
    )


def _not_there(out: Path) -> TimelineError:
    return TimelineError(f"there is no file “{out}”, and no run is making it", fix="Check the path; run it first.")


def _load(out: Path, project: Path, settings: Settings, ledger: Ledger) -> Scene:
    from reperform.timeline.index import build

    run = next((each for each in ledger.runs.at(out) if each.out == str(out)), None)
    plan = _plan_of(run)
    cut = _read(out, plan, project, settings)
    index = build(cut)
    seen = seen_in(index)
    shots = _shots(index, plan, seen)
    if not shots:
        raise _without_takes(out)
    of_clip = {shot.placed.address: shot.id for shot in shots.values()}
    return Scene(
        out=out,
        sha256=cut.sha256 if cut.path == out else None,
        index=index,
        pieces=pieces_of(seen, of_clip),
        shots=shots,
        run=run,
        plan=plan,
    )


def _plan_of(run: RunRow | None) -> Plan | None:
    """None where there is no run, or one of a version that cannot be read any more."""
    try:
        return None if run is None else Plan.model_validate_json(run.plan)
    except ValueError:
        return None


def _read(out: Path, plan: Plan | None, project: Path, settings: Settings) -> Cut:
    from reperform.recalling import recalled
    from reperform.timeline.reading import read

    if out.exists():
        cut = read(out, timeline_name=settings.timeline, drop_frame=settings.drop_frame, rate=settings.rate)
    elif plan is not None:
        info = plan.timeline
        cut = read(
            info.path,
            timeline_name=plan.settings.timeline_name,
            drop_frame=info.drop_frame,
            rate=plan.settings.timeline_rate,
        )
    else:
        raise _not_there(out)
    try:
        return recalled(cut, project, settings.ledger)
    except ReperformError:
        return cut


def _shots(index: Index, plan: Plan | None, seen: Sequence[Seen]) -> Mapping[str, SceneShot]:
    from reperform.timeline import records

    places: dict[tuple[int, ...], int] = {}
    for number, (placed, _, _) in enumerate(seen):
        places.setdefault(placed.address, number)
    planned = {shot.id: shot for shot in plan.shots} if plan else {}
    at = {(shot.track, shot.record.in_frame, shot.record.frames): shot for shot in planned.values()}
    on_tracks = _on_tracks(index)
    found: list[SceneShot] = []
    used: set[str] = set()
    for placed in _pictures(index):
        record = records.read(placed.clip, records.ClipRecord)
        document = at.get((placed.track.label, placed.record.start, placed.record.frames))
        if record is None and document is None:
            continue
        shot_id = record.shot if record else document.id if document else ""
        if shot_id in used:
            continue
        used.add(shot_id)
        entries = _entries(placed, index.cut.media_folder, on_tracks.get(shot_id, ()))
        found.append(
            SceneShot(
                id=shot_id,
                placed=placed,
                clip_index=places.get(placed.address, -1),
                document=document or planned.get(shot_id),
                record=record,
                entries=entries,
            )
        )
    ordered = sorted(found, key=lambda shot: (shot.placed.record.start, shot.placed.track.height))
    return {shot.id: shot for shot in ordered}


def _pictures(index: Index) -> Iterator[PlacedClip]:
    from reperform.timeline.recognising import is_take_clip

    for placed in index.clips:
        if placed.track.kind == "video" and not is_take_clip(placed.clip):
            yield placed


def _on_tracks(index: Index) -> Mapping[str, Sequence[Entry]]:
    from reperform.timeline import records
    from reperform.timeline.alternates import earlier_entries

    found: dict[str, list[Entry]] = defaultdict(list)
    for placed in index.clips:
        shot = records.says(placed.clip, "shot")
        if isinstance(shot, str) and records.says(placed.clip, "key") is not None:
            found[shot] += earlier_entries(placed.clip, folder=index.cut.media_folder, names=())[0]
    return found


def _entries(placed: PlacedClip, folder: Path, above: Sequence[Entry]) -> tuple[Entry, ...]:
    from reperform.timeline.alternates import earlier_entries

    here = earlier_entries(placed.clip, folder=folder, names=())[0]
    found = {entry.id: entry for entry in (*above, *here)}
    return tuple(sorted(found.values(), key=lambda entry: (entry.record.preview, entry.key)))
