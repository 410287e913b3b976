"""The change list: each shot as it was, and as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reperform.ledger.records import Choice
from reperform.model import Plan, Shot
from reperform.timeline.cut import Cut
from reperform.timeline.recutting import Change, changes
from reperform.timing import floor_frame, format_timecode
from reperform.workflow.reattaching.attaching import Attached
from reperform.workflow.reattaching.documents import Missing, Recut
from reperform.workflow.reattaching.fitting import Fit, core, lacking_frames
from reperform.workflow.reattaching.history import Came, Earlier
from reperform.workflow.reattaching.pacing import Target
from reperform.workflow.reattaching.scene import Scene, Seen

__all__ = ["Shown", "change_list"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """A use that shows something performed."""

    seen: Seen
    shot: Shot
    fits: tuple[Fit, ...]
    """What was performed first first."""
    standing: Fit
    """The one that stands in the cut, or would if it could."""
    attached: tuple[Attached, ...]
    came: Came | None
    choice: Choice | None
    """What a person chose of it, as the project remembers it."""


def change_list(
    scene: Scene,
    shown: Sequence[Shown],
    seen: Sequence[Seen],
    *,
    earlier: Earlier,
    fill: Plan | None,
    chosen: Mapping[str, str | None],
) -> list[Recut]:
    """Every shot of both cuts, in the order of the new one; what is gone at the end. `seen` are all uses of the originals."""
    jobs = {shot.id: shot.jobs for shot in fill.shots} if fill else {}
    found = [
        Recut(
            state="lacking" if each.standing.lacking else "attached",
            before=each.came.shot if each.came else None,
            after=each.shot,
            changes=tuple(_changes(each, earlier, scene.cut)),
            takes=tuple(attached.take for attached in each.attached),
            made=frozenset(attached.take.id for attached in each.attached if attached.new),
            chosen=chosen.get(each.shot.id),
            missing=tuple(_missing(each.standing, each.seen.target, scene.cut)),
            jobs=jobs.get(each.shot.id, ()),
        )
        for each in shown
    ]
    found += _new(scene, shown)
    found.sort(key=lambda each: (each.after.record.in_frame, each.after.track) if each.after else (0, ""))
    return [*found, *_gone(shown, seen, earlier)]


def _changes(shown: Shown, earlier: Earlier, cut: Cut) -> list[Change]:
    if shown.came is None or shown.came.shot is None or earlier.timeline is None:
        return []
    return changes(
        shown.came.shot,
        shown.shot,
        first=shown.came.first,
        beside=[target.sources for target in shown.came.beside],
        shows=shown.seen.target.sources,
        folders=(earlier.timeline.path.parent, cut.path.absolute().parent),
    )


def _missing(fit: Fit, target: Target, cut: Cut) -> Iterator[Missing]:
    shot = target.shot
    for run in lacking_frames(fit, target):
        first, last = target.visible[run.start], target.visible[run.end - 1]
        begins, ends = (_record_frame(shot, frame, cut) for frame in (run.start, run.end))
        ends = max(ends, begins + 1)
        yield Missing(
            record_in=cut.timecode(begins),
            record_out=cut.timecode(ends),
            in_frame=begins,
            frames=ends - begins,
            source_in_frame=first,
            source_out_frame=last + 1 if last >= first else last - 1,
            source_timecode=_source_timecode(shot, first),
        )


def _record_frame(shot: Shot, frame: int, cut: Cut) -> int:
    """On the record: of a shot that counts in frames of its media the one on screen then."""
    if shot.clock == "record":
        return frame
    return shot.record.in_frame + floor_frame((frame - shot.media.in_frame) / shot.media.rate, cut.rate)


def _source_timecode(shot: Shot, frame: int) -> str | None:
    source = shot.source
    if source.start_frame is None:
        return None
    return format_timecode(source.start_frame + frame, source.rate, drop_frame=source.drop_frame)


def _new(scene: Scene, shown: Sequence[Shown]) -> Iterator[Recut]:
    """Marks for which nothing was ever performed."""
    by_address = {each.shot.address: each for each in shown}
    for shot in scene.marked:
        there = by_address.get(shot.address)
        known = [line for fit in there.fits for line, _ in fit.pieces] if there else []
        asked = []
        for cue in shot.cues:
            table = there.seen.target.visible if there else {}
            frames = {table[frame] for frame in range(cue.in_frame, cue.range.end) if frame in table}
            like = (line for line in known if core(line.cue.direction) == core(cue.direction))
            if all(frames.isdisjoint(line.performed) for line in like):
                asked.append(cue.marker)
        if asked:
            yield Recut(state="new", after=shot, why="; ".join(asked))


def _gone(shown: Sequence[Shown], seen: Sequence[Seen], earlier: Earlier) -> Iterator[Recut]:
    """Shots that nothing comes from any more."""
    there = {each.came.shot.id for each in shown if each.came is not None and each.came.shot is not None}
    used = {each.identity: each.target.shot for each in reversed(seen)}
    for shot in earlier.shots:
        if shot.id in there:
            continue
        other = used.get(earlier.identities[shot.id])
        if other is None:
            why = "its clip is no longer in the cut"
        else:
            why = f"of its media, used at {other.record.in_} on {other.track}, no performed frame is visible"
        yield Recut(state="gone", before=shot, why=why)
