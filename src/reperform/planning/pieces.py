"""A cue, or a part of a long one, on its way into a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reperform.direction import Direction
from reperform.errors import InputError, MediaError
from reperform.model import Cue, PlanSettings, Problem, Shot
from reperform.planning.splitting import Room, longest_frames, middle, parts
from reperform.planning.suitability import place_of, spoken, suit
from reperform.planning.targets import Target, Targets
from reperform.timing import FrameRange, Rate

__all__ = ["Piece", "Quietest", "clock_rate", "of_cue", "part_of", "wire_rate"]

Quietest = Callable[[Shot, Cue, FrameRange], int]
"""The frame of the window, on the shot's clock, at which the cue's voice is quietest."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Frames of one cue that go into one job, and how."""

    cue: Cue
    range: FrameRange
    sent: FrameRange
    """With context."""
    direction: Direction
    """As the engine can take it."""
    target: Target
    room: Room
    speaks: bool
    """The engine speaks the cue's line; no sound is sent for it."""
    lost: tuple[Problem, ...]
    """What of the direction the engine cannot do."""

    @property
    def takes(self) -> int:
        """How many are asked for."""
        return self.direction.takes or 1


def clock_rate(shot: Shot) -> Rate:
    """Frames a second of the clock that the shot's frames count on."""
    return shot.media.rate


def wire_rate(shot: Shot, settings: PlanSettings) -> Rate:
    """Frames a second of the media sent: the original's, unless frames are relabelled one to one."""
    return settings.send_rate or clock_rate(shot)


def part_of(shot: Shot, cue: Cue, part: FrameRange, *, targets: Targets) -> Piece:
    """The piece for a part of the cue, or for all of it.

    Raises:
        SettingsError: the cue's direction names an engine or a model that does not exist.

    """
    target = targets.of(cue.direction)
    direction, lost = suit(shot, cue, target, targets.settings)
    speaks = spoken(cue)
    room = _room(shot, target, targets.settings, from_first_frame=speaks and not target.capabilities.segment_speech)
    return Piece(
        cue=cue,
        range=part,
        sent=room.sent(part),
        direction=direction,
        target=target,
        room=room,
        speaks=speaks,
        lost=lost,
    )


def of_cue(
    shot: Shot, whole: Piece, *, targets: Targets, quietest: Quietest | None
) -> tuple[list[Piece], list[Problem]]:
    """The whole cue, or the parts that a long one is split into; and what is to be said of that."""
    cue = whole.cue
    choose = middle if quietest is None else lambda window: quietest(shot, cue, window)
    try:
        ranges = parts(cue.range, room=whole.room, quietest=choose)
    except ValueError as error:
        fix = "Use fewer frames of context or of seam."
        return [], [_error(shot, cue, f"{whole.target.name}: {error}.", fix)]
    except (InputError, MediaError) as error:
        return [], [_error(shot, cue, f"The voice cannot be read to split it: {error.message}", error.fix)]
    if len(ranges) == 1:
        return [whole], []
    if whole.speaks:
        return [], [_too_long_to_speak(shot, whole)]
    return [part_of(shot, cue, part, targets=targets) for part in ranges], [_split_note(shot, whole, ranges)]


def _room(shot: Shot, target: Target, settings: PlanSettings, *, from_first_frame: bool) -> Room:
    rate = wire_rate(shot, settings)
    return Room(
        longest=longest_frames(target.capabilities.longest_input_seconds, rate),
        # A line that is no segment is spoken from the first frame sent, so that must be the cue's.
        head=0 if from_first_frame else settings.context_frames,
        tail=settings.context_frames,
        seam=settings.seam_frames,
        available=_available(shot),
        rate=rate,
    )


def _available(shot: Shot) -> FrameRange:
    """The frames that can be sent: the file's; of a shot in record time, those that its map knows."""
    if shot.clock == "media":
        return shot.source.range
    mapped = len(shot.media.map or ())
    return shot.media.with_handles if mapped == shot.media.with_handles.frames else shot.media.visible


def _split_note(shot: Shot, whole: Piece, ranges: Sequence[FrameRange]) -> Problem:
    rate = clock_rate(shot)
    lengths = " + ".join(f"{float(part.frames / rate):.1f}" for part in ranges)
    limit = float(whole.target.capabilities.longest_input_seconds or 0)
    message = (
        f"{float(whole.cue.frames / rate):.1f} s is longer than {whole.target.name} takes ({limit:g} s with context): "
        f"it goes in {len(ranges)} parts ({lengths} s)."
    )
    return Problem(severity="note", where=place_of(shot, whole.cue), message=message)


def _too_long_to_speak(shot: Shot, whole: Piece) -> Problem:
    limit = float(whole.target.capabilities.longest_input_seconds or 0)
    message = f"A spoken line cannot be split, and {whole.target.name} takes {limit:g} s with context."
    return _error(shot, whole.cue, message, "Mark a shorter range, or two lines.")


def _error(shot: Shot, cue: Cue, message: str, fix: str | None) -> Problem:
    return Problem(severity="error", where=place_of(shot, cue), message=message, fix=fix)
