"""The smallest jobs that would fill what lacks: the frames that were never performed, and a seam into those that were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reperform.errors import InputError, MediaError
from reperform.model import Cue, Plan, PlanSettings, Problem, Shot, TimelineInfo, Voice
from reperform.performing.performed import problem_of
from reperform.performing.terms import Terms
from reperform.timing import FrameRange
from reperform.workflow.reattaching.fitting import Fit
from reperform.workflow.reattaching.footage import Footage
from reperform.workflow.reattaching.lines import Line
from reperform.workflow.reattaching.pacing import Target, runs
from reperform.workflow.reattaching.voicing import cut_cue

if TYPE_CHECKING:
    from reperform.settings import Settings
    from reperform.timeline.reattaching import Use, Uses

__all__ = ["Gap", "fill_plan"]


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A use whose take lacks frames."""

    use: Use
    target: Target
    fit: Fit


def fill_plan(
    gaps: Sequence[Gap], footage: Footage, uses: Uses, *, info: TimelineInfo, settings: Settings
) -> Plan | None:
    """What would fill the gaps, performed as what is there was; None where nothing lacks. Sends nothing.

    What cannot be filled by itself is an error in it.
    """
    if not gaps:
        return None
    terms = [_terms(gap, footage) for gap in gaps]
    main = next((each for each in terms if each.engine != "preview"), terms[0])
    lut = main.settings.input_lut or footage.lut_of([made for gap in gaps for made in gap.fit.made])
    plan_settings = _settings(main, settings).model_copy(update={"input_lut": lut})
    shots, problems = [], []
    for gap, theirs in zip(gaps, terms, strict=True):
        try:
            shots.append(_shot(gap, uses, plan_settings, theirs, main))
        except (InputError, MediaError) as error:
            problems.append(problem_of(gap.target.shot, error))
    return _planned(shots, problems, info=info, terms=main, plan_settings=plan_settings, settings=settings)


def _terms(gap: Gap, footage: Footage) -> Terms:
    assert gap.fit.lacking_like is not None, "what lacks goes on from a line"
    return Terms.model_validate_json(footage.attempt(gap.fit.lacking_like).settings)


def _settings(terms: Terms, settings: Settings) -> PlanSettings:
    """As what is there was performed: with the same limits and options; the rest as it is now."""
    kept = terms.settings.model_dump(
        include={"like", "label", "options", "drop", "send_rate", "context_frames", "seam_frames"}
    )
    return settings.for_plan().model_copy(update=kept)


def _shot(gap: Gap, uses: Uses, settings: PlanSettings, terms: Terms, main: Terms) -> Shot:
    lacking = [frame for frame, source in gap.target.visible.items() if source in gap.fit.lacking]
    cues = []
    for number, run in enumerate(runs(lacking, gap=2 * settings.context_frames), start=1):
        cues.append(_cue(gap, uses, _with_seam(run, gap, settings), number=number, terms=terms, main=main))
    return gap.target.shot.model_copy(update={"cues": tuple(cues)})


def _with_seam(run: FrameRange, gap: Gap, settings: PlanSettings) -> FrameRange:
    """Into what is performed beside it, so that one dissolves into the other."""
    shown, start, end = gap.fit.shown(gap.target), run.start, run.end
    while run.start - start < settings.seam_frames and gap.target.visible.get(start - 1) in shown:
        start -= 1
    while end - run.end < settings.seam_frames and gap.target.visible.get(end) in shown:
        end += 1
    return FrameRange.between(start, end)


def _cue(gap: Gap, uses: Uses, frames: FrameRange, *, number: int, terms: Terms, main: Terms) -> Cue:
    line = gap.fit.lacking_like
    assert line is not None, "what lacks goes on from a line"
    asked: dict[str, str | None] = {"takes": None}
    if terms.engine != main.engine:
        asked |= {"engine": terms.engine, "model": None if terms.engine == "preview" else terms.model}
    shot = gap.target.shot
    return Cue(
        id=f"{shot.id}#{number}",
        marker=line.cue.marker,
        character=line.cue.character,
        record_in=shot.record.in_,
        in_frame=frames.start,
        frames=frames.frames,
        direction=line.cue.direction.model_copy(update=asked),
        voices=_voices(gap, uses, line, frames),
    )


def _voices(gap: Gap, uses: Uses, line: Line, frames: FrameRange) -> tuple[Voice, ...]:
    kinds = {voice.kind for voice in line.cue.voices}
    if "speech" in kinds:
        raise InputError(
            "a line that an engine speaks cannot be gone on with in its middle",
            fix="Mark the clip as it is now, and run it: the whole line is spoken anew.",
        )
    if "file" in kinds and gap.target.shot.clock == "media" and not line.is_retimed:
        return cut_cue(line.cue, frames, rate=line.rate).voices
    return uses.voices(gap.use, frames, line.cue.direction)


def _planned(
    shots: Sequence[Shot],
    problems: Sequence[Problem],
    *,
    info: TimelineInfo,
    terms: Terms,
    plan_settings: PlanSettings,
    settings: Settings,
) -> Plan:
    from reperform import engines, planning
    from reperform.media.loudness import quietest
    from reperform.workflow.employing import engine_named

    engine = engine_named(terms.engine, settings, label=plan_settings.label)
    return planning.plan(
        shots,
        info=info,
        engine=engine,
        model=engines.model_of(engine, terms.model),
        settings=plan_settings,
        problems=problems,
        quietest=quietest,
    )
