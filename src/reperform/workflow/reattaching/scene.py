"""The new cut: its clips whose originals something was performed for, and its marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import InputError, MediaError
from reperform.model import Place, PlanSettings, Problem, Shot
from reperform.timeline.reattaching import Use, Uses, pictures
from reperform.timeline.recognising import is_take_clip
from reperform.workflow.reattaching.fitting import Mark
from reperform.workflow.reattaching.footage import Footage, identity_of
from reperform.workflow.reattaching.pacing import Target

if TYPE_CHECKING:
    from reperform.linking.linker import Linker
    from reperform.settings import Settings
    from reperform.timeline.cues import Found
    from reperform.timeline.cut import Cut, Index, PlacedClip

__all__ = ["Scene", "Seen", "read_scene"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """A use of a clip of which something is paid somewhere in its original."""

    use: Use
    identity: str
    target: Target
    marks: tuple[Mark, ...]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The new cut."""

    cut: Cut
    index: Index
    uses: Uses
    linker: Linker
    marked: tuple[Shot, ...]
    settings: PlanSettings
    problems: tuple[Problem, ...]

    def seen(self, footage: Footage) -> tuple[list[Seen], list[Problem]]:
        """The uses of originals that something is paid of, in record order; and those that cannot be looked at."""
        found: list[Seen] = []
        problems: list[Problem] = []
        marks = {shot.address: shot for shot in self.marked}
        for clip in pictures(self.index):
            if is_take_clip(clip.clip):
                problems.append(self._plays_take(clip))
                continue
            try:
                use = self.uses.look(clip)
            except (InputError, MediaError) as error:
                if footage.names & set(_names(clip)):
                    problems.append(self._problem(clip, error))
                continue
            identity = identity_of(use.source)
            if identity is not None and footage.knows(identity):
                target = Target(shot=self.uses.shot(use, voice_in_cut=False), speed=use.speed)
                known = tuple(_marks(marks[clip.address], target)) if clip.address in marks else ()
                found.append(Seen(use=use, identity=identity, target=target, marks=known))
        return found, problems

    def _plays_take(self, clip: PlacedClip) -> Problem:
        where = Place(track=clip.track.label, clip=clip.name, timecode=self.cut.timecode(clip.record.start))
        message = "it plays a take itself, and its original is not known: it stays as it is"
        return Problem(severity="warning", where=where, message=message, fix="Put the original back under the take.")

    def _problem(self, clip: PlacedClip, error: InputError | MediaError) -> Problem:
        where = Place(track=clip.track.label, clip=clip.name, timecode=self.cut.timecode(clip.record.start))
        message = f"its takes cannot be put back: {error.message}"
        return Problem(severity="error", where=where, message=message, fix=error.fix)


def read_scene(new: Path, settings: Settings, project: Path) -> Scene:
    """Reads the new cut, with what the project knows of the takes in it. Raises InputError where it cannot be read."""
    from reperform.recalling import recalled
    from reperform.timeline.index import build
    from reperform.timeline.reading import read
    from reperform.workflow.finding import find_marked, with_directions

    cut = read(new, timeline_name=settings.timeline, drop_frame=settings.drop_frame, rate=settings.rate)
    cut = recalled(cut, project, settings.ledger)
    plan_settings = settings.for_plan()
    found, linker = find_marked(cut, plan_settings, settings)
    shots, _ = with_directions(found.shots, settings)
    index = build(found.cut)
    return Scene(
        cut=found.cut,
        index=index,
        uses=Uses(index, linker, plan_settings),
        linker=linker,
        marked=tuple(shots),
        settings=plan_settings,
        problems=tuple(_less(found)),
    )


def _less(found: Found) -> Iterator[Problem]:
    """What is wrong with marks stops nothing here: takes come back without them."""
    for problem in found.problems:
        if problem.severity != "note":
            yield problem.model_copy(update={"severity": "warning"})


def _names(clip: PlacedClip) -> Iterator[str]:
    from reperform.timeline.recognising import file_name

    for reference in clip.clip.media_references().values():
        yield file_name(reference)
        yield str(getattr(reference, "name", "") or "")


def _marks(shot: Shot, target: Target) -> Iterator[Mark]:
    for cue in shot.cues:
        frames = range(cue.in_frame, cue.range.end)
        yield Mark(cue=cue, sources=frozenset(target.visible[frame] for frame in frames if frame in target.visible))
