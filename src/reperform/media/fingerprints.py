"""What a cue is, by content: the coded packets of its pictures, and the voice's samples as laid against them.

Paths, names, dates, the timeline, handles and context are not in it. Every frame has digests of its own, anchored on the
media, so that those of a trimmed cue are a part of those of the longer one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reperform.errors import MediaError
from reperform.media.kept_open import OpenMedia
from reperform.media.packets import digest, picture_packets
from reperform.media.voice_digests import voice_digests
from reperform.model import Cue, Shot, Source, Voice
from reperform.timing import FrameRange

__all__ = ["CueDigests", "claim_key", "cue_digests", "quick_key", "source_frames"]


@dataclass(frozen=True)
class CueDigests:
    """A digest for each frame of a cue, in hex."""

    picture: tuple[str, ...]
    voice: tuple[str, ...]

    def part(self, offset: int, frames: int) -> CueDigests:
        """Those of `frames` frames from the one numbered `offset`."""
        return CueDigests(self.picture[offset : offset + frames], self.voice[offset : offset + frames])

    def offset_in(self, other: CueDigests) -> int | None:
        """Where in `other` these frames stand with the same voice against them; None where they do not."""
        own = list(zip(self.picture, self.voice, strict=True))
        others = list(zip(other.picture, other.voice, strict=True))
        last = len(others) - len(own)
        return next((offset for offset in range(last + 1) if others[offset : offset + len(own)] == own), None)


def cue_digests(shot: Shot, cue: Cue, within: FrameRange | None = None) -> CueDigests:
    """The digests of the cue's frames, or of the frames `within` of it (on the shot's clock).

    Raises:
        MediaRefused, MediaError: the picture or a voice cannot be read.

    """
    frames = within or cue.range
    with picture_packets(shot.source) as packets:
        picture = _turned(packets.digests(source_frames(shot, frames)), shot.source)
    with OpenMedia() as files:
        return CueDigests(tuple(picture), voice_digests(shot, cue, [frames], files))


def claim_key(*, engine: str, model: str, parameters: Mapping[str, Any], digests: CueDigests, take_number: int) -> str:
    """What is claimed and paid once: SHA-256 over canonical JSON of all that decides a result, in hex."""
    return _key(
        {
            "engine": engine,
            "model": model,
            "parameters": _canonical(parameters),
            "picture": digests.picture,
            "voice": digests.voice,
            "take": take_number,
        }
    )


def quick_key(shot: Shot, cue: Cue, parameters: Mapping[str, Any], files: OpenMedia | None = None) -> str:
    """A key for the plan that costs little: packet sizes, the pictures and the voice of three frames, the voices' shapes.

    `parameters` is whatever else tells results apart: engine, model, wire parameters. `files` stay open for the next cue.

    Raises:
        MediaRefused, MediaError: the picture or a voice cannot be read.

    """
    if files is None:
        with OpenMedia() as files:
            return quick_key(shot, cue, parameters, files)
    numbers = source_frames(shot, cue.range)
    three = sorted({0, cue.frames // 2, cue.frames - 1})
    with files.pictures(shot.source) as packets:
        sizes = packets.sizes(min(numbers), max(numbers) + 1)
        groups = packets.together([numbers[index] for index in three])
        pictures = _turned([each for group in groups for each in packets.digests(group)], shot.source)
    at = [FrameRange(cue.in_frame + index, 1) for index in three]
    return _key(
        {
            "parameters": _canonical(parameters),
            "frames": cue.frames,
            "sizes": sizes,
            "pictures": pictures,
            "voices": voice_digests(shot, cue, at, files, stretch=False),
            "shapes": [_shape(voice) for voice in cue.voices],
        }
    )


def _turned(digests: list[str], source: Source) -> list[str]:
    """Digests of pictures, of which a flag of the file says which side is up: what is sent stands upright."""
    turn = source.rotation % 360
    return [digest(f"turned {turn}".encode(), each.encode()) for each in digests] if turn else digests


def source_frames(shot: Shot, frames: FrameRange) -> list[int]:
    """The source frame of each frame of the shot's clock in the range.

    Raises:
        MediaError: a frame lies outside what the shot maps.

    """
    numbers = list(range(frames.start, frames.end))
    if shot.clock == "media" or shot.media.map is None:
        return numbers
    table = shot.media.map
    first = shot.media.in_frame if len(table) == shot.media.frames else shot.media.with_handles.start
    if numbers and not (first <= numbers[0] and numbers[-1] < first + len(table)):
        raise MediaError(f"frames {frames.start} to {frames.end} lie outside shot {shot.id}", fix="Plan again.")
    return [table[number - first] for number in numbers]


def _shape(voice: Voice) -> list[Any]:
    length = voice.end_sample - voice.start_sample
    spoken = [voice.line, voice.speech_voice]
    speed = [str(voice.speed)] if voice.speed != 1 else []
    return [voice.kind, length, voice.offset_samples, voice.sample_rate, voice.channels, voice.sync, *spoken, *speed]


def _key(parts: Mapping[str, Any]) -> str:
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """Parameters in which 1 and 1.0 are one number."""
    if isinstance(value, int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
