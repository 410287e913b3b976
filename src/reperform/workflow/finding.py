"""What is marked in a cut, with its media, its directions, and what of it is meant."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.choosing_cues import select_cues
from reperform.direction import Direction
from reperform.errors import SettingsError
from reperform.model import Cue, ImageSequence, Place, Plan, PlanSettings, Problem, Shot, Source
from reperform.timing import parse_timecode
from reperform.workflow.employing import is_allowed

if TYPE_CHECKING:
    from reperform.linking.linker import Linker
    from reperform.settings import Settings
    from reperform.timeline.cues import Found
    from reperform.timeline.cut import Cut

__all__ = ["cue_ids", "find_marked", "kept_cues", "prober", "selected", "whole_cut", "with_directions"]

_log = logging.getLogger(__name__)


def find_marked(cut: Cut, plan_settings: PlanSettings, settings: Settings) -> tuple[Found, Linker]:
    """The marked shots of a cut, without jobs, and what found their media."""
    from reperform.linking.linker import Linker
    from reperform.timeline import cues
    from reperform.timeline.index import build

    linker = Linker(cut, prober(), media_roots=settings.media_root, allowed_hosts=settings.allowed_hosts)
    return cues.find(build(cut), linker, plan_settings), linker


def prober() -> Callable[..., Source]:
    """Probing, once a file and clock."""
    from reperform.media import probing, sequences

    @lru_cache(maxsize=4096)
    def remembered(path: Path, rate: Fraction | None, sequence: ImageSequence | None) -> Source:
        if sequence is None:
            source = probing.probe(path, rate=rate)
        else:
            source = sequences.probe(path, sequence, rate=rate or Fraction(24))
        _log.info("media %s: %s, %s frames at %s", path, source.codec, source.frames, source.rate)
        return source

    def probed(path: Path, *, rate: Fraction | None = None, sequence: ImageSequence | None = None) -> Source:
        return remembered(path, rate, sequence)

    return probed


def with_directions(shots: Sequence[Shot], settings: Settings) -> tuple[list[Shot], list[Problem]]:
    """The shots with the default direction filled in, and what speaks against the engines that marks name."""
    default = {name: value for name, value in _default_direction(settings) if value is not None}
    problems: list[Problem] = []
    directed = []
    for shot in shots:
        directed.append(_directed(shot, default))
        for cue in directed[-1].cues:
            named = cue.direction.engine
            if named and not is_allowed(named, settings):
                place = Place(track=shot.track, clip=shot.clip, timecode=cue.record_in)
                message = f"the mark names the engine “{named}”, which your settings do not allow"
                problems.append(
                    Problem(
                        severity="error",
                        where=place,
                        message=message,
                        fix=f"Allowed are: {', '.join(settings.allowed_engines)}.",
                    )
                )
    return directed, problems


def _default_direction(settings: Settings) -> Direction:
    from reperform.grammar import parse_mark

    if not settings.direction:
        return Direction()
    parsed = parse_mark(settings.direction)
    if parsed.direction is None:
        said = "; ".join(problem.message for problem in parsed.problems)
        raise SettingsError(
            f"the default direction “{settings.direction}” is not understood: {said}",
            fix="; ".join(problem.fix for problem in parsed.problems),
        )
    if parsed.direction.engine or parsed.direction.model or parsed.direction.audio or parsed.direction.line:
        raise SettingsError(
            "a default direction cannot name an engine, a model, an audio or a line",
            fix="Use --engine and --model, or write it into the marks.",
        )
    return parsed.direction


def _directed(shot: Shot, default: Mapping[str, Any]) -> Shot:
    return shot.model_copy(update={"cues": tuple(_filled(cue, default) for cue in shot.cues)}) if default else shot


def _filled(cue: Cue, default: Mapping[str, Any]) -> Cue:
    missing = {name: value for name, value in default.items() if getattr(cue.direction, name) is None}
    return cue.model_copy(update={"direction": cue.direction.model_copy(update=missing)}) if missing else cue


def selected(only: Sequence[str], shots: Sequence[Shot], cut: Cut) -> frozenset[str] | None:
    """Ids of the cues that the words of `--only` mean; None means all. Raises InputError for a word that fits none."""
    if not only:
        return None
    meant = select_cues(only, shots, rate=cut.rate, start_frame=cut.start_frame, drop_frame=cut.drop_frame)
    return frozenset(cue.id for shot in shots for cue in shot.cues if meant(shot, cue))


def kept_cues(shot: Shot, selection: frozenset[str] | None) -> tuple[Cue, ...]:
    """The cues of a shot that are meant."""
    return shot.cues if selection is None else tuple(cue for cue in shot.cues if cue.id in selection)


def whole_cut(planned: Sequence[Shot], shots: Sequence[Shot]) -> tuple[Shot, ...]:
    """Every shot of the cut, those that are meant with their jobs: what the others have already stays in the timeline."""
    by_id = {shot.id: shot for shot in planned}
    whole = []
    for shot in shots:
        done = by_id.get(shot.id)
        cues = {cue.id: cue for cue in done.cues} if done else {}
        whole.append(
            shot.model_copy(
                update={"cues": tuple(cues.get(cue.id, cue) for cue in shot.cues), "jobs": done.jobs if done else ()}
            )
        )
    return tuple(whole)


def cue_ids(words: Collection[str], plan: Plan) -> frozenset[str]:
    """The cues that `--another` names, by any of the words that `--only` takes."""
    info = plan.timeline
    if not words:
        return frozenset()
    start = parse_timecode(info.start, info.rate, drop_frame=info.drop_frame)
    meant = select_cues(
        tuple(words), plan.shots, rate=info.rate, start_frame=start, drop_frame=info.drop_frame, option="--another"
    )
    return frozenset(cue.id for shot in plan.shots for cue in shot.cues if meant(shot, cue))
