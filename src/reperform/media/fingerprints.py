"""What a cue is, by content: the coded packets of its pictures, and the voice's samples as laid against them.

Paths, names, dates, the timeline, handles and context are not in it. Every frame has digests of its own, anchored on the
media, so that those of a trimmed cue are a part of those of the longer one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reperform.errors import MediaError, MediaRefused
from reperform.media import sound
from reperform.media.kept_open import OpenMedia
from reperform.media.laying import SILENT, positions
from reperform.media.packets import SoundPackets, digest, picture_packets
from reperform.media.sequences import frame_path
from reperform.media.sound import SoundReader
from reperform.media.sped import of_file
from reperform.model import Cue, Shot, Source, Voice
from reperform.timing import FrameRange, sample_at

__all__ = ["CueDigests", "claim_key", "cue_digests", "file_identity", "quick_key", "source_frames", "source_identity"]

_PIECE = 256 * 1024
_FRAMES = 48
"""Frames whose sound is read at once."""
_SILENCE = digest(b"silence")


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


def file_identity(path: Path) -> str:
    """What a file holds, without reading all: SHA-256 over its size and three pieces of 256 KiB, in hex.

    Raises:
        MediaRefused: it is not there or may not be read.

    """
    try:
        facts = path.stat()
        return _identity(path, facts.st_size, facts.st_mtime_ns)
    except OSError as error:
        raise MediaRefused(
            f"{path} cannot be read: {error.strerror}", fix="Relink the clip to media that is there."
        ) from error


def source_identity(source: Source) -> str:
    """What a source holds, as `file_identity` tells it: of an image sequence its number of files and three of them, in hex.

    Raises:
        MediaRefused: it is not there or may not be read.

    """
    if source.sequence is None:
        return file_identity(source.path)
    three = sorted({0, source.frames // 2, source.frames - 1})
    files = [file_identity(frame_path(source, frame)) for frame in three]
    return hashlib.sha256("\n".join([str(source.frames), *files]).encode()).hexdigest()


@lru_cache(maxsize=4096)
def _identity(path: Path, size: int, _modified: int) -> str:
    total = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        for start in (0, max(0, size - _PIECE) // 2, max(0, size - _PIECE)):
            file.seek(start)
            total.update(file.read(_PIECE))
    return total.hexdigest()


def cue_digests(shot: Shot, cue: Cue, within: FrameRange | None = None) -> CueDigests:
    """The digests of the cue's frames, or of the frames `within` of it (on the shot's clock).

    Raises:
        MediaRefused, MediaError: the picture or a voice cannot be read.

    """
    frames = within or cue.range
    with picture_packets(shot.source) as packets:
        picture = _turned(packets.digests(source_frames(shot, frames)), shot.source)
    with OpenMedia() as files:
        return CueDigests(tuple(picture), _voice_digests(shot, cue, frames, files))


def claim_key(*, engine: str, model: str, parameters: Mapping[str, Any], digests: CueDigests, take_number: int) -> str:
    """What is claimed and paid once: SHA-256 over canonical JSON of all that decides a result, in hex."""
    return _key(
        {
            "engine": engine,
            "model": model,
            "parameters": parameters,
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
        pictures = _turned([packets.digests([numbers[index]])[0] for index in three], shot.source)
    at = [FrameRange(cue.in_frame + index, 1) for index in three]
    voices = [_voice_digests(shot, cue, frame, files, stretch=False)[0] for frame in at]
    shapes = [_shape(voice) for voice in cue.voices]
    return _key(
        {
            "parameters": parameters,
            "frames": cue.frames,
            "sizes": sizes,
            "pictures": pictures,
            "voices": voices,
            "shapes": shapes,
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


def _voice_digests(
    shot: Shot, cue: Cue, frames: FrameRange, files: OpenMedia, *, stretch: bool = True
) -> tuple[str, ...]:
    """For each frame what sounds against it: of every voice that does, in an order of their own.

    On the record's clock counted from the shot's first frame, so that nothing changes where the shot moves.
    """
    if shot.clock == "record":
        cue = cue.model_copy(update={"in_frame": cue.in_frame - shot.media.in_frame})
        frames = frames.shifted(-shot.media.in_frame)
    each = [_of_voice(shot, cue, voice, frames, files, stretch=stretch) for voice in cue.voices]
    together = [sorted(part for part in parts if part) for parts in zip(*each, strict=True)] or [[]] * frames.frames
    return tuple(digest(*(part.encode() for part in parts)) if parts else _SILENCE for parts in together)


def _of_voice(
    shot: Shot, cue: Cue, voice: Voice, frames: FrameRange, files: OpenMedia, *, stretch: bool
) -> list[str | None]:
    """For each frame the digest of the part of one voice that sounds against it, None where none does."""
    if voice.kind == "speech":
        spoken = digest(b"speech", (voice.line or "").encode(), (voice.speech_voice or "").encode())
        return [spoken] * frames.frames
    if voice.path is None or voice.stream is None:
        raise MediaError(f"the voice of cue {cue.id} names no sound", fix="Plan again.")
    with files.sound(voice.path, stream=voice.stream) as reader:
        if voice.sync == "remap":
            return _stretched(reader, voice, cue, frames, whole=stretch)
        rate = shot.media.rate
        place = partial(positions, voice, cue, rate=rate)
        digests: list[str | None] = []
        for first in range(frames.start, frames.end, _FRAMES):
            numbers = range(first, min(first + _FRAMES, frames.end) + 1)
            bounds = [sample_at(number, rate, voice.sample_rate) for number in numbers]
            places = place(start=bounds[0], samples=bounds[-1] - bounds[0])
            cuts = [bound - bounds[0] for bound in bounds]
            pieces = [places[low:high] for low, high in pairwise(cuts)]
            digests += _of_pieces(reader, voice, pieces) if voice.speed == 1 else _of_sped(reader, voice, pieces)
        return digests


def _of_sped(reader: SoundReader, voice: Voice, pieces: Sequence[NDArray[np.int64]]) -> list[str | None]:
    """As `_of_pieces`, of a sound at another speed: the samples of its file that are heard in each piece, and how."""
    filed, facts = [], []
    for piece in pieces:
        sounding = np.flatnonzero(piece != SILENT)
        low, high = (
            of_file(int(piece[sounding].min()), int(piece[sounding].max()) + 1, voice.speed)
            if len(sounding)
            else (0, 0)
        )
        filed.append(np.arange(low, high))
        facts.append(f"speed {voice.speed} {sounding[0] if len(sounding) else 0} {len(sounding)}")
    digests = _of_pieces(reader, voice, filed)
    return [each and digest(fact.encode(), each.encode()) for each, fact in zip(digests, facts, strict=True)]


def _stretched(reader: SoundReader, voice: Voice, cue: Cue, frames: FrameRange, *, whole: bool) -> list[str | None]:
    """A stretched voice: all of it decides each frame. `whole` False looks at its beginning only."""
    length = voice.end_sample - voice.start_sample
    places = np.arange(voice.start_sample, voice.start_sample + (length if whole else min(length, reader.rate)))
    of_all = _of_pieces(reader, voice, [places])[0] or ""
    facts = f"remap {length} {cue.frames}"
    return [digest(facts.encode(), of_all.encode(), str(frame - cue.in_frame).encode()) for frame in _each(frames)]


def _each(frames: FrameRange) -> range:
    return range(frames.start, frames.end)


def _of_pieces(reader: SoundReader, voice: Voice, pieces: Sequence[NDArray[np.int64]]) -> list[str | None]:
    """A digest for each piece of laid sound, given by its samples' numbers; None where all is silent.

    Lossless sound is its samples; other sound its coded packets, so that no decoder's version changes a key.
    """
    everywhere = np.concatenate(pieces) if len(pieces) > 1 else pieces[0]
    everywhere = everywhere[everywhere != SILENT]
    if not len(everywhere):
        return [None] * len(pieces)
    low, high = int(everywhere.min()), int(everywhere.max()) + 1
    channels = list(range(reader.channels) if voice.channels is None else voice.channels)
    lossless = sound.is_lossless(reader.codec)
    header = f"{reader.rate} {len(channels) if lossless else (reader.codec, channels)}".encode()
    if lossless:
        samples = reader.exact(low, high - low)[:, channels]
        parts = [_samples(samples, piece, low) for piece in pieces]
    else:
        packets = SoundPackets(reader, low, high)
        parts = [_coded(packets, piece) for piece in pieces]
    return [digest(header, part) if part is not None else None for part in parts]


def _samples(samples: NDArray[np.int32], piece: NDArray[np.int64], low: int) -> bytes | None:
    sounding = piece != SILENT
    if not sounding.any():
        return None
    if sounding.all():
        return samples[piece - low].astype("<i4", copy=False).tobytes()
    laid = np.zeros((len(piece), samples.shape[1]), "<i4")
    laid[sounding] = samples[piece[sounding] - low]
    return laid.tobytes()


def _coded(packets: SoundPackets, piece: NDArray[np.int64]) -> bytes | None:
    """The runs of samples that sound one after the other, forward or backward, and the packets of each."""
    silent = piece == SILENT
    if silent.all():
        return None
    breaks = np.flatnonzero((np.abs(np.diff(piece)) != 1) | silent[1:] | silent[:-1]) + 1
    parts = []
    for run in np.split(piece, breaks) if len(breaks) else [piece]:
        if run[0] == SILENT:
            parts.append(b"-")
            continue
        low, high = int(run.min()), int(run.max()) + 1
        direction = b"<" if run[-1] < run[0] else b">"
        parts.append(direction + len(run).to_bytes(8, "big") + packets.of(low, high))
    return digest(*parts).encode()


def _shape(voice: Voice) -> list[Any]:
    length = voice.end_sample - voice.start_sample
    spoken = [voice.line, voice.speech_voice]
    speed = [str(voice.speed)] if voice.speed != 1 else []
    return [voice.kind, length, voice.offset_samples, voice.sample_rate, voice.channels, voice.sync, *spoken, *speed]


def _key(parts: Mapping[str, Any]) -> str:
    text = json.dumps(_canonical(parts), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """JSON in which 1 and 1.0 are one number."""
    if isinstance(value, int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
