"""Whether a timeline was dealt with as it must be: a plan, or a refusal with a message and a way out. Anything else is `Wrong`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from fuzzing.oracle import Expected, Frames, Use, expected, retimed_frames, visible
from fuzzing.trees import Json
from reperform.errors import InputError, TimelineError
from reperform.media import probing
from reperform.media.kept_open import OpenMedia
from reperform.media.sound_reader import SoundReader
from reperform.model import Cue, Plan, Shot
from reperform.settings import Settings
from reperform.tables import plan_table
from reperform.workflow import make_plan

__all__ = ["Wrong", "agrees", "judge", "keep_open", "probe_once"]

_PROBE = probing.probe
_LONGEST = 61
"""Seconds that a sound of the fuzzed cuts may have."""


class Wrong(AssertionError):
    """What no input may bring about."""


def judge(path: Path, settings: Settings, *, printed: bool = True) -> Plan | InputError:
    """The plan, or the refusal. `printed`: the plan is laid out for a terminal, too."""
    try:
        planned = make_plan(path, settings)
    except InputError as error:
        if not error.message or (isinstance(error, TimelineError) and not error.fix and not error.cause):
            raise Wrong(f"a refusal without a word: {error!r} {error.fix!r}") from error
        return error
    plan = planned.plan
    plan.model_dump_json(by_alias=True).encode()
    if printed:
        plan_table(plan, styled=False).encode()
    for shot in plan.shots:
        _check_shot(shot)
    for problem in plan.problems:
        if not problem.message:
            raise Wrong("a problem without a message")
    return plan


def _check_shot(shot: Shot) -> None:
    """What holds of every shot, whoever wrote the cut: its frames are there, its cues lie in it and not over one another."""
    visible_frames, source = shot.media.visible, shot.source
    if visible_frames.frames < 1:
        raise Wrong(f"{shot.id} shows nothing")
    if shot.clock == "media" and not 0 <= visible_frames.start < visible_frames.end <= source.frames:
        raise Wrong(f"{shot.id} shows {visible_frames} of {source.frames}")
    if shot.media.map is not None and not all(0 <= number < source.frames for number in shot.media.map):
        raise Wrong(f"{shot.id} maps frames that are not there")
    before: Cue | None = None
    for cue in sorted(shot.cues, key=lambda cue: cue.in_frame):
        if cue.frames < 1 or not visible_frames.contains(cue.range):
            raise Wrong(f"{cue.id} at {cue.range} lies outside of {visible_frames}")
        if before is not None and before.range.overlaps(cue.range):
            raise Wrong(f"{cue.id} overlaps {before.id}")
        before = cue


def agrees(cut: Json, plan: Plan) -> Counter[str]:
    """Compares a plan with the second opinion, clip by clip: how many shots are the same, and how many are refused by name.

    Raises:
        Wrong: a shot has other frames than were expected, and nothing says so.

    """
    wanted = expected(cut)
    blamed = {problem.where.clip for problem in plan.problems if problem.severity == "error"}
    shots = {tuple(shot.address): shot for shot in plan.shots}
    uses = {use.address: use for use in wanted.uses}
    seen: Counter[str] = Counter()
    for address, shot in shots.items():
        if address not in wanted.cues:
            raise Wrong(f"{shot.id} ({shot.clip}) is not marked, and is planned")
    for address, cues in wanted.cues.items():
        use = uses[address]
        shot_of = shots.get(address)
        if shot_of is None:
            if use.name not in blamed:
                raise Wrong(f"{use.name} is marked, and neither planned nor refused: {dict(cues)}")
            if (why := _certain(use, cues, wanted)) is not None:
                raise Wrong(f"{use.name} is refused, and it is plain: {why}; {_said(plan, use.name)}")
            seen["refused"] += 1
            continue
        seen[_compare(shot_of, use, cues, wanted)] += 1
    return seen


def _said(plan: Plan, clip: str) -> list[str]:
    return [problem.message for problem in plan.problems if problem.where.clip == clip and problem.severity == "error"]


def _certain(use: Use, cues: dict[str, list[Frames]], wanted: Expected) -> str | None:
    """Why a clip may not be refused; None where it may."""
    reel = use.reel
    if reel is None or use.speed != 1 or not use.plain:
        return None
    first, last = visible(use)
    if _floor(use.low * wanted.rate) == _ceil(use.high * wanted.rate):
        return None
    flat = sorted(frames for each in cues.values() for frames in each)
    apart = all(before[1] <= after[0] for before, after in pairwise(flat))
    return f"frames {first} to {last}" if 0 <= first and last <= reel.frames and apart else None


def _compare(shot: Shot, use: Use, cues: dict[str, list[Frames]], wanted: Expected) -> str:
    rate = wanted.rate
    record = (shot.record.in_frame, shot.record.in_frame + shot.record.frames)
    if record != (_floor(use.low * rate), _ceil(use.high * rate)):
        raise Wrong(f"{use.name} stands at {record}, not at {use.low * rate} to {use.high * rate}")
    reel = use.reel
    if reel is None or shot.source.path.name != reel.name:
        raise Wrong(f"{use.name} is planned with {shot.source.path.name}")
    if not use.plain or use.speed != 1:
        return _compare_retimed(shot, use, wanted)
    if shot.clock != "media":
        raise Wrong(f"{use.name} is not retimed, and on the {shot.clock}'s clock")
    first, last = visible(use)
    last = min(last, reel.frames)
    shown = shot.media.visible
    if (shown.start, shown.end) != (first, last):
        raise Wrong(f"{use.name} shows {shown}, not {first} to {last}")
    _compare_cues(shot, use, {note: [_clipped(each, last) for each in found] for note, found in cues.items()})
    return "same"


def _compare_cues(shot: Shot, use: Use, cues: dict[str, list[Frames]]) -> None:
    """Each cue is where its mark is; where two touch one frame, the earlier keeps it."""
    got = {(str(cue.direction.note), cue.range.start, cue.range.end) for cue in shot.cues}
    wanted = {(note, *frames) for note, found in cues.items() for frames in found}
    if got == wanted:
        return
    ends = {end for _, _, end in wanted}
    pushed = {
        (note, first, last) for note, first, last in got - wanted if (note, first - 1, last) in wanted and first in ends
    }
    if got - wanted != pushed or len(got) != len(wanted):
        raise Wrong(f"{use.name} has cues {sorted(got)}, not {sorted(wanted)}")


def _compare_retimed(shot: Shot, use: Use, wanted: Expected) -> str:
    if shot.clock != "record" or shot.media.map is None:
        if use.plain and use.speed != 1:
            raise Wrong(f"{use.name} is retimed, and on the media's clock")
        return "unjudged"
    frames = retimed_frames(use, wanted.rate)
    if frames is None:
        return "unjudged"
    head = shot.media.head
    got = list(shot.media.map[head : head + shot.media.frames])
    if got != frames:
        raise Wrong(f"{use.name} at speed {use.speed} shows {got}, not {frames}")
    return "same retimed"


def _clipped(frames: Frames, last: int) -> Frames:
    """Where a clip runs out of its media, the last frame is held."""
    return min(frames[0], last - 1), min(frames[1], last)


def _floor(position: Fraction) -> int:
    nearest = round(position)
    return nearest if abs(position - nearest) * 100 <= 1 else math.floor(position)


def _ceil(position: Fraction) -> int:
    return -_floor(-position)


@lru_cache(maxsize=4096)
def _probed(path: Path, rate: Any, _changed: int) -> Any:
    try:
        return _PROBE(path, rate=rate)
    except Exception as error:  # noqa: BLE001 - as it was the first time
        return error


def _remembered(path: Path, *, rate: Any = None) -> Any:
    found = _probed(path, rate, path.stat().st_mtime_ns if path.exists() else 0)
    if isinstance(found, Exception):
        raise found
    return found


def probe_once() -> Callable[[], None]:
    """Opens each file once in this process, however many cuts use it: the media are not what is tried here. Returns what undoes it."""
    probing.probe = _remembered
    return lambda: setattr(probing, "probe", _PROBE)


def keep_open() -> Callable[[], None]:
    """Files stay open from cut to cut in this process, and a sound is decoded once. Returns what undoes it."""
    kept = OpenMedia()
    theirs = (OpenMedia.__init__, OpenMedia.__exit__, SoundReader._fill)
    _replace_methods(lambda self: self.__dict__.update(kept.__dict__), lambda *_: None, _fill)

    def undo() -> None:
        _replace_methods(*theirs)
        kept.__exit__(None, None, None)

    return undo


def _replace_methods(begin: Any, end: Any, fill: Any) -> None:
    setattr(OpenMedia, "__init__", begin)  # noqa: B010 - a method, replaced
    setattr(OpenMedia, "__exit__", end)  # noqa: B010
    setattr(SoundReader, "_fill", fill)  # noqa: B010


_FILL: Any = SoundReader._fill
_SOUNDS: dict[tuple[Any, ...], Any] = {}


def _fill(reader: SoundReader, result: Any, start: int, convert: Any) -> None:
    """As the reader does it; what lies inside of the file is taken from a copy of all its sound."""
    key = (reader._path, reader._index, convert)
    if key not in _SOUNDS:
        whole = np.zeros((_LONGEST * reader.rate, reader.channels), result.dtype)
        _FILL(reader, whole, 0, convert)
        _SOUNDS[key] = whole[: reader._ends_at]
    if 0 <= start and start + len(result) <= len(_SOUNDS[key]):
        result[:] = _SOUNDS[key][start : start + len(result)]
    else:
        _FILL(reader, result, start, convert)
