"""Writing a cut with its takes: on the clips, on tracks above, or one timeline a take. Originals first, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import opentimelineio as otio

from reperform.errors import SettingsError
from reperform.model import Place, Problem, Shot, Take
from reperform.timeline.alternates import ORIGINAL
from reperform.timeline.collecting import Given
from reperform.timeline.composing import STYLES, Composed, Job, Sound, Style, compose
from reperform.timeline.cut import Cut
from reperform.timeline.records import TimelineRecord

__all__ = [
    "EDITORS",
    "STYLES",
    "Editor",
    "Sound",
    "Style",
    "Written",
    "check_destination",
    "how_to_see",
    "rewrite",
    "write",
]


@dataclass(frozen=True, kw_only=True)
class Editor:
    """What an editor can use of takes."""

    styles: tuple[Style, ...]
    see: str
    """How to see the takes in it."""


EDITORS: dict[str, Editor] = {
    "otio": Editor(
        styles=("references",),
        see="Open {out}: each clip plays its chosen take; the others are its further media references.",
    ),
    "resolve": Editor(
        styles=("references", "tracks"),
        see="In Resolve: File > Import > Timeline, {out}. The tracks “Takes …” lie above the shots; enable a clip to see its take.",
    ),
}
"""Whom a timeline can be written for."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """Timelines with takes, not yet saved."""

    timelines: tuple[otio.schema.Timeline, ...]
    """The one for OUT itself first; then, in the style `timelines`, one a take."""
    notes: tuple[Problem, ...] = ()
    chosen: Mapping[str, str | None]
    """By shot: the id of the take that stands in the cut, `original`, or None where no take is there."""


def write(
    cut: Cut,
    *,
    shots: Sequence[Shot],
    takes: Mapping[str, Sequence[Take]],
    chosen: Mapping[str, str | None],
    for_: str,
    styles: Sequence[str] | None = None,
    sound: Sound | None = None,
    out: Path,
) -> Written:
    """The cut with its takes; the cut itself stays as it is.

    `takes` and `chosen` are by shot id. Takes that failed a check are left out. `chosen` names what a person chose: a
    take's id, or `original`; None leaves it to what the timeline says already, else to the rule. `styles` and `sound`
    None mean what fits `for_` and each shot. Takes that the timeline holds from before stay in it, under their keys.

    Raises:
        SettingsError: an editor or a style that is not known.
        PlanError: a shot is not where its address says.

    """
    editor, wanted = _settings(for_, styles)
    given = [Given(shot=shot, takes=tuple(takes.get(shot.id, ()))) for shot in shots]
    job = Job(cut=cut, for_=editor, sound=sound, folder=out.parent, given=given, chosen=chosen)
    beside = tuple(style for style in wanted if style != "timelines")
    composed = [compose(job, beside)] if beside else []
    if "timelines" in wanted:
        # Where the original stays active, only a track shows the take.
        alone: tuple[Style, ...] = ("references",) if editor == "otio" else ("tracks",)
        first = compose(job, alone, number=1)
        composed += [first, *(compose(job, alone, number=number) for number in range(2, first.most + 1))]
    return _result(composed, _unknown_choices(given, chosen, composed[0]))


def rewrite(cut: Cut, *, record: TimelineRecord, chosen: Mapping[str, str | None], out: Path) -> Written:
    """A timeline of ours, as it stands, with another choice. `record` is the one it carries."""
    editor, _ = _settings(record.written_for, None)
    job = Job(cut=cut, for_=editor, sound=record.sound, folder=out.parent, given=(), chosen=chosen)
    styles = tuple(style for style in STYLES if style in record.styles)
    return _result([compose(job, styles, number=record.take_number, by_person=True)], [])


def check_destination(for_: str, styles: Sequence[str] | None) -> None:
    """Whether takes can be written for this editor, in these styles. Raises SettingsError where not."""
    _settings(for_, styles)


def how_to_see(for_: str, out: Path) -> str:
    """The last line of `run`: how to see the takes in that editor."""
    editor, _ = _settings(for_, None)
    return EDITORS[editor].see.format(out=out)


def _result(composed: Sequence[Composed], problems: Sequence[Problem]) -> Written:
    notes = (*problems, *(note for one in composed for note in one.notes))
    return Written(
        timelines=tuple(one.timeline for one in composed),
        notes=tuple(dict.fromkeys(notes)),
        chosen={item.record.shot: item.record.chosen for item in composed[0].alternates},
    )


def _settings(for_: str, styles: Sequence[str] | None) -> tuple[str, tuple[Style, ...]]:
    editor = "otio" if for_ == "generic" else for_
    if editor not in EDITORS:
        raise SettingsError(f"--for {for_} is not known", fix=f"Choose one of: {', '.join(EDITORS)}.")
    if styles is None:
        return editor, EDITORS[editor].styles
    unknown = [style for style in styles if style not in STYLES]
    if unknown or not styles:
        said = f"--takes {unknown[0]} is not known" if unknown else "--takes needs a style"
        raise SettingsError(said, fix=f"Choose from: {', '.join(STYLES)}.")
    return editor, tuple(style for style in STYLES if style in styles)


def _unknown_choices(given: Sequence[Given], chosen: Mapping[str, str | None], composed: Composed) -> list[Problem]:
    """Choices of takes that cannot be put in: they failed a check, or are not known."""
    there = {item.record.shot: {entry.id for entry in item.known} for item in composed.alternates}
    return [
        Problem(
            severity="warning",
            where=Place(track=item.shot.track, clip=item.shot.clip, timecode=item.shot.record.in_),
            message=f"the chosen take “{choice}” is not put in: {_why_not(item, choice)}",
            fix="Choose another with `reperform select`.",
        )
        for item in given
        if (choice := chosen.get(item.shot.id)) not in (None, ORIGINAL) and choice not in there.get(item.shot.id, set())
    ]


def _why_not(item: Given, choice: str | None) -> str:
    failed = any(take.id == choice and not take.passed for take in item.takes)
    return "it failed a check" if failed else "it is not among the takes of this shot"
