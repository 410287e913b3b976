"""Writing a cut with its takes: on the clips, on tracks above, or one timeline a take. Originals first, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import opentimelineio as otio

from reperform.model import Place, Problem, Shot, Take
from reperform.timeline.alternates import ORIGINAL
from reperform.timeline.collecting import Given
from reperform.timeline.composed import Composed, Job, Sound
from reperform.timeline.composing import compose
from reperform.timeline.cut import Cut
from reperform.timeline.editors import EDITORS, STYLES, Editor, Style, pairing, styles_for
from reperform.timeline.exporting.facts import Facts
from reperform.timeline.exporting.listing import Listed
from reperform.timeline.records import TimelineRecord

__all__ = [
    "EDITORS",
    "STYLES",
    "Editor",
    "Listed",
    "Sound",
    "Style",
    "Written",
    "check_destination",
    "how_to_see",
    "rewrite",
    "write",
]


@dataclass(frozen=True, kw_only=True)
class Written:
    """Timelines with takes, not yet saved."""

    timelines: tuple[otio.schema.Timeline, ...]
    """The one for OUT itself first; then, in the style `timelines`, one a take."""
    notes: tuple[Problem, ...] = ()
    chosen: Mapping[str, str | None]
    """By shot: the id of the take that stands in the cut, `original`, or None where no take is there."""
    facts: Facts
    """What formats other than OpenTimelineIO need to know of the cut."""
    listed: tuple[Listed, ...] = ()
    """Every take in the first timeline, in the cut's order, for lists of takes."""


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
        SettingsError: an editor or a style that is not known, or that does not go with the ending of `out`.
        PlanError: a shot is not where its address says.

    """
    editor, wanted = _settings(for_, styles, out.suffix)
    given = [Given(shot=shot, takes=tuple(takes.get(shot.id, ()))) for shot in shots]
    job = Job(cut=cut, for_=editor, sound=sound, folder=out.parent, given=given, chosen=chosen)
    beside = tuple(style for style in wanted if style != "timelines")
    composed = [compose(job, beside)] if beside else []
    if "timelines" in wanted:
        # Where the original stays active, only a track shows the take.
        alone: tuple[Style, ...] = ("references",) if EDITORS[editor].plays == "chosen" else ("tracks",)
        first = compose(job, alone, number=1)
        composed += [first, *(compose(job, alone, number=number) for number in range(2, first.most + 1))]
    return _result(composed, _unknown_choices(given, chosen, composed[0]))


def rewrite(cut: Cut, *, record: TimelineRecord, chosen: Mapping[str, str | None], out: Path) -> Written:
    """A timeline of ours, as it stands, with another choice. `record` is the one it carries."""
    editor, _ = _settings(record.written_for, None)
    job = Job(cut=cut, for_=editor, sound=record.sound, folder=out.parent, given=(), chosen=chosen)
    styles = tuple(style for style in STYLES if style in record.styles)
    return _result([compose(job, styles, number=record.take_number, by_person=True)], [])


def check_destination(for_: str, styles: Sequence[str] | None, out: Path | None = None) -> None:
    """Whether takes can be written for this editor, in these styles, to `out` (None: an .otio). Raises SettingsError where not."""
    _settings(for_, styles, ".otio" if out is None else out.suffix)


def how_to_see(for_: str, out: Path) -> str:
    """The last line of `run`: how to see the takes in that editor."""
    editor, _ = _settings(for_, None, out.suffix)
    return EDITORS[editor].see.format(out=out)


def _result(composed: Sequence[Composed], problems: Sequence[Problem]) -> Written:
    notes = (*problems, *(note for one in composed for note in one.notes))
    job = composed[0].job
    return Written(
        timelines=tuple(one.timeline for one in composed),
        notes=tuple(dict.fromkeys(notes)),
        chosen={item.record.shot: item.record.chosen for item in composed[0].alternates},
        facts=Facts(
            cut=job.cut,
            folder=job.folder,
            sources={str(item.shot.source.path): item.shot.source for item in job.given},
        ),
        listed=tuple(
            Listed(clip=item.clip.name or item.record.shot, shot=item.record, take=entry.record, path=entry.path)
            for item in composed[0].alternates
            for entry in item.known
        ),
    )


def _settings(for_: str, styles: Sequence[str] | None, ending: str = ".otio") -> tuple[str, tuple[Style, ...]]:
    editor, found = pairing(for_, ending)
    return editor, styles_for(editor, found, styles)


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
