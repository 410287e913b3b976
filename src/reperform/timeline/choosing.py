"""Choosing which take of a shot stands in the cut, in a timeline that we wrote. Works on that file alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from reperform.timeline.cut import Cut
from reperform.timeline.editors import FORMATS
from reperform.timeline.reading import read
from reperform.timeline.recognising import file_name, takes_of
from reperform.timeline.records import ClipRecord, TakeRecord, TimelineRecord, TrackClipRecord
from reperform.timeline.saving import Saved, save
from reperform.timeline.takes import rewrite
from reperform.timing import parse_timecode

__all__ = ["ORIGINAL", "Choice", "Finish", "Selected", "choices", "put", "select", "select_all"]

Finish = Callable[[otio.schema.Timeline, Cut], None]
"""Gets the timeline as it is to be written, to put more into it, and the cut as it was read."""

_NUMBER = re.compile(r"\d+")
_FILE_NUMBER = re.compile(r"(?i)RP0*(\d+)")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One take that can be chosen."""

    key: str
    """`take_001`, `preview_001`."""
    file: str
    record: TakeRecord

    def __str__(self) -> str:
        return f"{self.key} ({self.file})"


@dataclass(frozen=True, kw_only=True)
class _Shot:
    name: str
    record: ClipRecord
    choices: tuple[Choice, ...]


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
    return {shot.record.shot: shot.choices for shot in _shots(timeline)}


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
        selected = [(_by_id(by_id, shot), _take_by_id(by_id[shot], take)) for shot, take in chosen.items()]
        written = rewrite(cut, record=record, chosen=chosen, out=out)
        finish(written.timelines[0], cut)
        saved = save(written.timelines, out, input_path=None, last_written=None, by_number=False)
        return saved, tuple(_selected(shot, choice, saved, written.notes) for shot, choice in selected)


def _refuse_format(out: Path) -> None:
    found = FORMATS.get(out.suffix.lower())
    if found is not None and found.switched:
        raise TimelineError(f"“{out.name}” is {found.title}, in which `select` cannot switch takes", fix=found.switched)


def _by_id(shots: Mapping[str, _Shot], shot: str) -> _Shot:
    if shot in shots:
        return shots[shot]
    listed = _listed(map(_shot_line, shots.values()))
    raise TimelineError(f"“{shot}” is no shot in this timeline", fix=f"Name one of: {listed}.")


def _take_by_id(shot: _Shot, take: str) -> Choice | None:
    """None for the original."""
    if take == ORIGINAL:
        return None
    found = next((choice for choice in shot.choices if choice.record.take == take), None)
    return found or _find_take(shot, take)


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
    named = [(shot, take) for clip, take in wanted for shot in _find_shots(shots, clip, record)]
    choices = {
        shot.record.shot: (shot, None if take.strip().lower() == ORIGINAL else _find_take(shot, take))
        for shot, take in named
    }
    chosen = {name: choice.record.take if choice else ORIGINAL for name, (_, choice) in choices.items()}
    written = rewrite(cut, record=record, chosen=chosen, out=out)
    saved = save(written.timelines, out, input_path=None, last_written=last_written, by_number=False)
    return tuple(_selected(shot, choice, saved, written.notes) for shot, choice in choices.values())


def _known(cut: Cut, out: Path) -> tuple[TimelineRecord, list[_Shot]]:
    record = records.read(cut.timeline, TimelineRecord)
    shots = _shots(cut.timeline)
    if record is None or not shots:
        raise TimelineError(
            f"“{out.name}” holds no takes", fix="Give the timeline that `reperform run` has written (-o)."
        )
    return record, shots


def _selected(shot: _Shot, choice: Choice | None, saved: Saved, notes: tuple[Problem, ...]) -> Selected:
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


def _shots(timeline: otio.schema.Timeline) -> list[_Shot]:
    clips = [clip for clip in timeline.tracks.find_clips() if records.says(clip, "shot") is not None]
    on_tracks: dict[str, list[Choice]] = defaultdict(list)
    for clip in clips:
        of_track = records.read(clip, TrackClipRecord)
        if of_track:
            on_tracks[of_track.shot] += _choices(clip, key=of_track.key)
    shots = []
    for clip in clips:
        record = records.read(clip, ClipRecord)
        if record:
            found = {choice.record.take: choice for choice in (*_choices(clip), *on_tracks[record.shot])}
            ordered = sorted(found.values(), key=lambda choice: (choice.record.preview, choice.key))
            shots.append(_Shot(name=_name(clip), record=record, choices=tuple(ordered)))
    return shots


def _choices(clip: otio.schema.Clip, *, key: str | None = None) -> list[Choice]:
    return [
        Choice(key=key or own_key, file=file_name(reference), record=record)
        for own_key, reference in takes_of(clip).items()
        if (record := records.read(reference, TakeRecord))
    ]


def _name(clip: otio.schema.Clip) -> str:
    reference = clip.media_reference
    return str(clip.name or (reference.name if reference else "") or "unnamed clip")


def _find_shots(shots: Sequence[_Shot], wanted: str, record: TimelineRecord) -> list[_Shot]:
    """One shot; or those that have takes in a range, of a character, or all."""
    text = wanted.strip()
    first, dash, last = text.partition("-")
    start, end = _frame(first.strip(), record), _frame(last.strip(), record)
    if dash and start is not None and end is not None:
        found = [shot for shot in shots if _shows_between(shot, start, end, record)]
    elif text.lower() == "all":
        found = list(shots)
    elif any(text.lower() == shot.name.lower() for shot in shots):
        found = []
    else:
        found = [shot for shot in shots if text in _characters(shot)]
    found = [shot for shot in found if shot.choices]
    return found or [_find_shot(shots, wanted, record)]


def _characters(shot: _Shot) -> set[str]:
    cues = (cue for choice in shot.choices for cue in choice.record.cues)
    return {str(name) for cue in cues if (name := cue.get("character"))}


def _shows_between(shot: _Shot, start: int, end: int, record: TimelineRecord) -> bool:
    first, last = _frame(shot.record.record_in, record), _frame(shot.record.record_out, record)
    return first is not None and last is not None and first < end and start < last


def _find_shot(shots: Sequence[_Shot], wanted: str, record: TimelineRecord) -> _Shot:
    text = wanted.strip()
    frame = _frame(text, record)
    found = [shot for shot in shots if text.lower() == shot.record.shot.lower()]
    found = found or [shot for shot in shots if frame is not None and _shows(shot, frame, record)]
    found = found or [shot for shot in shots if text.lower() == shot.name.lower()]
    if len(found) == 1:
        return found[0]
    said = f"“{wanted}” is {'more than one shot' if found else 'no shot'} in this timeline"
    raise TimelineError(said, fix=f"Name one of: {_listed(_shot_line(shot) for shot in found or shots)}.")


def _frame(text: str, record: TimelineRecord) -> int | None:
    try:
        return parse_timecode(text, record.rate, drop_frame=record.drop_frame)
    except ValueError:
        return None


def _shows(shot: _Shot, frame: int, record: TimelineRecord) -> bool:
    first, end = _frame(shot.record.record_in, record), _frame(shot.record.record_out, record)
    return first is not None and end is not None and first <= frame < end


def _shot_line(shot: _Shot) -> str:
    return f"{shot.record.shot} ({shot.name})"


def _find_take(shot: _Shot, wanted: str) -> Choice:
    text = wanted.strip()
    found = _matching(shot.choices, text)
    if len(found) == 1:
        return found[0]
    if found:
        fix = f"Name one of: {_listed(str(choice) for choice in found)}."
        raise TimelineError(f"“{wanted}” could mean more than one take of {_shot_line(shot)}", fix=fix)
    listed = _listed([*(str(choice) for choice in shot.choices), ORIGINAL])
    raise TimelineError(f"{_shot_line(shot)} has no take “{wanted}”", fix=f"Name one of: {listed}.")


def _matching(choices: Sequence[Choice], text: str) -> list[Choice]:
    """A bare number is the key's, or the file's: where these are two takes, both."""
    if _NUMBER.fullmatch(text):
        number = int(text)
        by_key = [choice for choice in choices if choice.key == f"take_{number:03}"]
        by_file = [choice for choice in choices if choice.record.number == number]
        return [choice for choice in choices if choice in by_key or choice in by_file]
    in_file = _FILE_NUMBER.fullmatch(text)
    if in_file:
        return [choice for choice in choices if choice.record.number == int(in_file[1])]
    names = [choice for choice in choices if text in (choice.key, choice.file, choice.record.take)]
    return names or [choice for choice in choices if text.lower() == Path(choice.file).stem.lower()]


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
