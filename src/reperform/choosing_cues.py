"""`--only`: which cues are meant by a cue's id, a clip, a character, or a range of record timecode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from reperform.errors import InputError
from reperform.model import Cue, Shot
from reperform.timing import FrameRange, Rate, parse_timecode

__all__ = ["Selection", "cue_test", "select_cues"]

Selection = Callable[[Shot, Cue], bool]


def select_cues(
    words: Sequence[str],
    shots: Sequence[Shot],
    *,
    rate: Rate,
    start_frame: int,
    drop_frame: bool,
    option: str = "--only",
) -> Selection:
    """What tells whether a cue is meant by any of `words` of an option; all are where there are no words.

    Raises:
        InputError: a word fits no cue; it names the near ones.

    """
    tests = [cue_test(word, rate=rate, start_frame=start_frame, drop_frame=drop_frame) for word in words]
    for word, test in zip(words, tests, strict=True):
        if not any(test(shot, cue) for shot in shots for cue in shot.cues):
            raise InputError(f"`{option} {word}` fits no cue.", fix=_hint(word, shots))
    return lambda shot, cue: not tests or any(test(shot, cue) for test in tests)


def cue_test(word: str, *, rate: Rate, start_frame: int, drop_frame: bool) -> Selection:
    """What tells whether a cue is meant by one word: its id, its shot's, a clip, a character, or FROM-TO in record timecode.

    `start_frame` is the frame, counted from 00:00:00:00, at which the timeline begins.
    """
    first, dash, last = word.partition("-")
    if dash:
        try:
            start = parse_timecode(first, rate, drop_frame=drop_frame) - start_frame
            end = parse_timecode(last, rate, drop_frame=drop_frame) - start_frame
        except ValueError:
            pass
        else:
            return lambda shot, cue: _record_range(shot, cue).overlaps(FrameRange.between(start, end))
    wanted = word.casefold()
    return lambda shot, cue: (
        wanted
        in {
            cue.id.casefold(),
            shot.id.casefold(),
            shot.clip.casefold(),
            shot.record.in_.casefold(),
            (cue.character or "").casefold() or cue.id,
        }
    )


def _record_range(shot: Shot, cue: Cue) -> FrameRange:
    """Where a cue is in the cut, in record frames; a frame more rather than one less where the rates differ."""
    if shot.clock == "record" or not shot.media.frames:
        return cue.range
    scale = shot.record.frames / shot.media.frames
    start = shot.record.in_frame + int((cue.in_frame - shot.media.in_frame) * scale)
    return FrameRange(start, max(1, round(cue.frames * scale)))


def _hint(word: str, shots: Sequence[Shot]) -> str:
    names = sorted({name for shot in shots for cue in shot.cues for name in (cue.id, shot.clip, cue.character) if name})
    near = get_close_matches(word, names, 3, 0.4) or names[:6]
    return f"There are: {', '.join(near)}." if near else "The timeline has no cues."
