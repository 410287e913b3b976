"""Choosing which take of a shot stands in the cut, in a timeline that we wrote. Works on that file alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.model import Problem
from reperform.timeline import records
from reperform.timeline.alternates import ORIGINAL
from reperform.timeline.archives import is_archive_at, unpack_all
from reperform.timeline.choosable import (
    Choice,
    ChoosableShot,
    find_shots,
    find_take,
    shot_by_id,
    shots_of,
    take_by_id,
)
from reperform.timeline.cut import Cut
from reperform.timeline.editors import FORMATS
from reperform.timeline.reading import read
from reperform.timeline.records import TimelineRecord
from reperform.timeline.saving import Saved, save
from reperform.timeline.takes import rewrite

__all__ = ["ORIGINAL", "Finish", "Selected", "choices", "put", "select", "select_all"]

Finish = Callable[[otio.schema.Timeline, Cut], None]
"""Gets the timeline as it is to be written, to put more into it, and the cut as it was read."""


@dataclass(frozen=True, kw_only=True)
class Selected:
    """What was chosen: enough for the ledger to remember it."""

    shot: str
    clip: str
    take: str
    """The take's id, or `original`."""
    key: str
    """`take_001`, `preview_001`, or `original`."""
    file: str | None
    """None for the original."""
    source_identity: str | None
    """Of the original media; None where the timeline does not say."""
    source_name: str | None
    clock: str
    in_frame: int
    frames: int
    """The visible range, on the shot's clock."""
    saved: Saved
    notes: tuple[Problem, ...] = ()


def choices(timeline: otio.schema.Timeline) -> dict[str, tuple[Choice, ...]]:
    """What can be chosen in a timeline that we wrote, by shot id."""
    return {shot.record.shot: shot.choices for shot in shots_of(timeline)}


def select(out: Path, clip: str, take: str, *, last_written: Mapping[str, str] | None = None) -> Selected:
    """Puts a take of a shot, or its original, into the cut. What stood there is kept under a numbered name, unless it is as
    we last wrote it: `last_written` is SHA-256 by file name; None where that is not known.

    `clip` is a shot's id (`V1@01:00:04:00`), a record timecode inside it, or a unique clip name. `take` is a number, a key
    (`take_002`, `preview_001`), a file's name or its number (`RP002`), a take's id, or `original`.

    Raises:
        TimelineError: not a timeline that we wrote, or no such shot or take in it; the message lists what there is.

    """
    return select_all(out, [(clip, take)], last_written=last_written)[0]


def select_all(
    out: Path, wanted: Sequence[tuple[str, str]], *, last_written: Mapping[str, str] | None = None
) -> tuple[Selected, ...]:
    """As `select`, for several clips at once: all of them, or none where one of them is wrong.

    A clip may also be `FROM-TO` in record timecode, a character, or `all`: then every shot that has takes there.

    Raises:
        TimelineError: as `select` does.

    """
    _refuse_format(out)
    with _whole(out) as cut:
        return _select(cut, out, wanted, last_written)


def put(out: Path, chosen: Mapping[str, str], *, finish: Finish) -> tuple[Saved, tuple[Selected, ...]]:
    """As `select_all`, by the ids of shots and takes (or `original`), and with what `finish` adds; nothing may be chosen at all.

    What stood there is kept under a numbered name in any case.

    Raises:
        TimelineError: as `select` does; what `finish` raises.

    """
    _refuse_format(out)
    with _whole(out) as cut:
        record, shots = _known(cut, out)
        by_id = {shot.record.shot: shot for shot in shots}
        selected = [(shot_by_id(by_id, shot), take_by_id(by_id[shot], take)) for shot, take in chosen.items()]
        written = rewrite(cut, record=record, chosen=chosen, out=out)
        finish(written.timelines[0], cut)
        saved = save(written.timelines, out, input_path=None, last_written=None, by_number=False)
        return saved, tuple(_selected(shot, choice, saved, written.notes) for shot, choice in selected)


def _refuse_format(out: Path) -> None:
    found = FORMATS.get(out.suffix.lower())
    if found is not None and found.switched:
        raise TimelineError(f"“{out.name}” is {found.title}, in which `select` cannot switch takes", fix=found.switched)


@contextmanager
def _whole(out: Path) -> Iterator[Cut]:
    """The timeline, and all its media at hand: what an archive holds has to go into the new one."""
    if not is_archive_at(out):
        yield read(out)
        return
    with TemporaryDirectory(prefix=".unpacked.", dir=out.absolute().parent) as folder:
        cut = read(out, unpack_into=Path(folder))
        unpack_all(out, Path(folder))
        yield cut


def _select(
    cut: Cut, out: Path, wanted: Sequence[tuple[str, str]], last_written: Mapping[str, str] | None
) -> tuple[Selected, ...]:
    record, shots = _known(cut, out)
    named = [(shot, take) for clip, take in wanted for shot in find_shots(shots, clip, record)]
    choices = {
        shot.record.shot: (shot, None if take.strip().lower() == ORIGINAL else find_take(shot, take))
        for shot, take in named
    }
    chosen = {name: choice.record.take if choice else ORIGINAL for name, (_, choice) in choices.items()}
    written = rewrite(cut, record=record, chosen=chosen, out=out)
    saved = save(written.timelines, out, input_path=None, last_written=last_written, by_number=False)
    return tuple(_selected(shot, choice, saved, written.notes) for shot, choice in choices.values())


def _known(cut: Cut, out: Path) -> tuple[TimelineRecord, list[ChoosableShot]]:
    record = records.read(cut.timeline, TimelineRecord)
    shots = shots_of(cut.timeline)
    if record is None or not shots:
        raise TimelineError(
            f"“{out.name}” holds no takes", fix="Give the timeline that `reperform run` has written (-o)."
        )
    return record, shots


def _selected(shot: ChoosableShot, choice: Choice | None, saved: Saved, notes: tuple[Problem, ...]) -> Selected:
    source = (choice or shot.choices[0]).record.source if shot.choices else {}
    return Selected(
        shot=shot.record.shot,
        clip=shot.name,
        take=choice.record.take if choice else ORIGINAL,
        key=choice.key if choice else ORIGINAL,
        file=choice.file if choice else None,
        source_identity=_text(source.get("identity")),
        source_name=_text(source.get("name")),
        clock=shot.record.clock,
        in_frame=shot.record.in_frame,
        frames=shot.record.frames,
        saved=saved,
        notes=notes,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
