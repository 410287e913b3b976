"""What sounds against each frame of a cue, as a digest of the voice's samples as they are laid, or of their coded packets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reperform.errors import MediaError
from reperform.media import sound_samples
from reperform.media.kept_open import OpenMedia
from reperform.media.laying import SILENT, positions
from reperform.media.packets import SoundPackets, digest
from reperform.media.sound_reader import SoundReader
from reperform.media.sped import of_file
from reperform.model import Cue, Shot, Voice
from reperform.timing import FrameRange, Rate, sample_at

__all__ = ["voice_digests"]

_FRAMES = 48
"""Frames whose sound is read at once."""
_SILENCE = digest(b"silence")


def voice_digests(
    shot: Shot, cue: Cue, ranges: Sequence[FrameRange], files: OpenMedia, *, stretch: bool = True
) -> tuple[str, ...]:
    """For each frame of the ranges what sounds against it: of every voice that does, in an order of their own.

    On the record's clock counted from the shot's first frame, so that nothing changes where the shot moves.
    """
    if shot.clock == "record":
        cue = cue.model_copy(update={"in_frame": cue.in_frame - shot.media.in_frame})
        ranges = [frames.shifted(-shot.media.in_frame) for frames in ranges]
    each = [_of_voice(shot, cue, voice, ranges, files, stretch=stretch) for voice in cue.voices]
    together = [sorted(part for part in parts if part) for parts in zip(*each, strict=True)] or [[]] * _total(ranges)
    return tuple(digest(*(part.encode() for part in parts)) if parts else _SILENCE for parts in together)


def _of_voice(
    shot: Shot, cue: Cue, voice: Voice, ranges: Sequence[FrameRange], files: OpenMedia, *, stretch: bool
) -> list[str | None]:
    """For each frame the digest of the part of one voice that sounds against it, None where none does."""
    if voice.kind == "speech":
        spoken = digest(b"speech", (voice.line or "").encode(), (voice.speech_voice or "").encode())
        return [spoken] * _total(ranges)
    if voice.path is None or voice.stream is None:
        raise MediaError(f"the voice of cue {cue.id} names no sound", fix="Plan again.")
    with files.sound(voice.path, stream=voice.stream) as reader:
        if voice.sync == "remap":
            return _stretched(reader, voice, cue, ranges, whole=stretch)
        of_pieces = _of_pieces if voice.speed == 1 else _of_sped
        digests: list[str | None] = []
        for frames in ranges:
            for first in range(frames.start, frames.end, _FRAMES):
                part = FrameRange.between(first, min(first + _FRAMES, frames.end))
                digests += of_pieces(reader, voice, _pieces(voice, cue, shot.media.rate, part))
        return digests


def _total(ranges: Sequence[FrameRange]) -> int:
    return sum(frames.frames for frames in ranges)


def _pieces(voice: Voice, cue: Cue, rate: Rate, frames: FrameRange) -> list[NDArray[np.int64]]:
    """For each frame the numbers of the samples that sound against it."""
    bounds = [sample_at(number, rate, voice.sample_rate) for number in range(frames.start, frames.end + 1)]
    start = bounds[0]
    places = positions(voice, cue, rate=rate, start=start, samples=bounds[-1] - start)
    return [places[low - start : high - start] for low, high in pairwise(bounds)]


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


def _stretched(
    reader: SoundReader, voice: Voice, cue: Cue, ranges: Sequence[FrameRange], *, whole: bool
) -> list[str | None]:
    """A stretched voice: all of it decides each frame. `whole` False looks at its beginning only."""
    length = voice.end_sample - voice.start_sample
    places = np.arange(voice.start_sample, voice.start_sample + (length if whole else min(length, reader.rate)))
    of_all = _of_pieces(reader, voice, [places])[0] or ""
    facts = f"remap {length} {cue.frames}"
    numbers = [number for frames in ranges for number in range(frames.start, frames.end)]
    return [digest(facts.encode(), of_all.encode(), str(number - cue.in_frame).encode()) for number in numbers]


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
    lossless = sound_samples.is_lossless(reader.codec)
    header = f"{reader.rate} {len(channels) if lossless else (reader.codec, channels)}".encode()
    if lossless:
        samples = reader.exact(low, high - low).take(channels, axis=1)
        parts = [_samples(samples, piece, low) for piece in pieces]
    else:
        packets = SoundPackets(reader, low, high)
        parts = [_coded(packets, piece) for piece in pieces]
    return [digest(header, part) if part is not None else None for part in parts]


def _samples(samples: NDArray[np.int32], piece: NDArray[np.int64], low: int) -> bytes | None:
    silent = piece == SILENT
    if silent.all():
        return None
    laid = samples.take(piece - low, axis=0, mode="clip").astype("<i4", copy=False)
    laid[silent] = 0
    return laid.tobytes()


def _coded(packets: SoundPackets, piece: NDArray[np.int64]) -> bytes | None:
    """The runs of samples that sound one after the other, forward or backward, and the packets of each."""
    silent = piece == SILENT
    if silent.all():
        return None
    breaks = np.flatnonzero((np.abs(piece[1:] - piece[:-1]) != 1) | silent[1:] | silent[:-1]) + 1
    parts = []
    for run in np.split(piece, breaks) if len(breaks) else [piece]:
        if run[0] == SILENT:
            parts.append(b"-")
            continue
        low, high = int(run.min()), int(run.max()) + 1
        direction = b"<" if run[-1] < run[0] else b">"
        parts.append(direction + len(run).to_bytes(8, "big") + packets.of(low, high))
    return digest(*parts).encode()
