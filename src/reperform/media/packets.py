"""Coded packets by what they show or sound: read from the container, never decoded."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from itertools import groupby
from typing import Any

from reperform.errors import MediaError
from reperform.media import opening, sequences
from reperform.media.probing import file_zero, first_pictures, picture_stream
from reperform.media.sound_reader import SoundReader, listen_only_to
from reperform.model import Source

__all__ = ["PicturePackets", "SequencePackets", "SoundPackets", "digest", "open_packets", "picture_packets"]

_BYTES = 16
_STEPS_BACK = (Fraction(0), Fraction(2), Fraction(15))
"""Seconds before the first wanted picture to try a seek at, until every wanted picture is met."""


def digest(*parts: bytes) -> str:
    """SHA-256 over the parts, each with its length, cut to 16 bytes; hex."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.digest()[:_BYTES].hex()


class PicturePackets:
    """The coded pictures of a file by their frame numbers on its clock, as `frames.read` numbers them."""

    def __init__(self, source: Source, files: ExitStack) -> None:
        self._source = source
        self._files = files
        self._open()
        pictures, _ = first_pictures(self._container, self._stream)
        first = pictures[0].pts
        reordered = self._stream.codec_context.has_b_frames
        self._timed = first is not None and not (self._container.format.name == "avi" and reordered)
        self._first: int = first or 0
        self._zero = file_zero(self._container) / self._base
        self._ticks = self._base * source.rate
        """Frames to a unit of the stream's timestamps."""
        self._frames, self._units = self._ticks.as_integer_ratio()
        self._steps_back = [math.ceil(seconds / self._base) for seconds in _STEPS_BACK]

    def _open(self) -> None:
        self._files.close()
        self._container: Any = self._files.enter_context(opening.opened(self._source.path))
        stream = picture_stream(self._container)
        if stream is None:
            raise MediaError(f"{self._source.path.name} has no picture", fix="Plan again: the file has changed.")
        self._stream: Any = stream
        self._base = opening.fraction(stream.time_base) or Fraction(1, 1000)
        listen_only_to(self._container, stream)

    def digests(self, numbers: Sequence[int]) -> list[str]:
        """For each number the digest of the packet of its picture; of one that leans on others also of their keyframe.

        Raises:
            MediaError: the file has no packet for one of them.

        """
        low, high = min(numbers), max(numbers)
        for attempt in self._attempts(low):
            found = self._found(attempt, high, None if self._source.variable else set(numbers))
            if self._complete(found, numbers):
                return [self._of(found, number) for number in numbers]
        raise MediaError(
            f"{self._source.path.name} has no picture for every frame from {low} to {high}",
            fix="Check that the file plays from start to end; if not, copy or transcode it again.",
        )

    def together(self, numbers: Sequence[int]) -> list[list[int]]:
        """The numbers in groups to ask `digests` for, so that what lies between two keyframes is read once or not at all."""
        return [list(group) for _, group in groupby(numbers, self._keyframe)]

    def sizes(self, low: int, end: int) -> list[int]:
        """Sizes of the packets from frame `low` up to `end` in order of decoding, from the container's index.

        Empty where the container has no index of all packets: nothing is read for it.
        """
        if (entries := self._index()) is None:
            return []
        first, last = self._tick(low), self._tick(end)
        at = max(0, entries.search_timestamp(first, backward=True, any_frame=True))
        sizes = []
        for number in range(at, len(entries)):
            entry = entries[number]
            if entry.timestamp >= last:
                break
            sizes.append(int(entry.size))
        return sizes

    def _index(self) -> Any:
        """The container's index, where it has all packets."""
        entries = getattr(self._stream, "index_entries", None)
        return entries if entries and 0 < self._stream.frames <= len(entries) else None

    def _keyframe(self, number: int) -> int:
        """Where the index has the keyframe of a picture; without an index each picture is taken for one."""
        entries = self._index()
        return entries.search_timestamp(self._tick(number), backward=True, any_frame=False) if entries else number

    def _attempts(self, low: int) -> Iterator[int | None]:
        """Timestamps to seek to, the nearest first; None for the start."""
        if self._timed:
            for back in self._steps_back:
                target = self._tick(low) - back
                if target <= self._first:
                    break
                yield target
        yield None

    def _tick(self, number: int) -> int:
        if self._source.variable:
            return math.floor(self._zero + (number + Fraction(1, 2)) / self._ticks)
        return self._first + (8 * number + 1) * self._units // (8 * self._frames)

    def _number(self, timestamp: int) -> int:
        if self._source.variable:
            return math.ceil((timestamp - self._zero) * self._ticks - Fraction(1, 2))
        number, rest = divmod((timestamp - self._first) * self._frames, self._units)
        return round(number + Fraction(rest, self._units)) if rest else number

    def _found(self, target: int | None, high: int, wanted: Container[int] | None) -> dict[int, list[bytes]]:
        """SHA-256 of what is coded for each `wanted` frame number (None: all), from the seek to behind `high`."""
        if target is None:
            self._open()
        else:
            self._container.seek(target, stream=self._stream)
        found: dict[int, list[bytes]] = {}
        keyframe: bytes | None = None
        for count, packet in enumerate(self._container.demux(self._stream)):
            if not packet.size or packet.is_discard:
                continue
            timestamp, decoding = packet.pts, packet.dts
            timestamp = decoding if timestamp is None else timestamp
            number = decoded = self._number(timestamp) if self._timed and timestamp is not None else count
            if packet.is_keyframe:
                keyframe = hashlib.sha256(packet).digest()
            if keyframe is not None and (wanted is None or number in wanted):
                coded = keyframe if packet.is_keyframe else keyframe + hashlib.sha256(packet).digest()
                found.setdefault(number, []).append(coded)
            if self._timed and decoding not in (None, timestamp):
                decoded = self._number(decoding)
            if decoded > high or (number == decoded == high and self._none_behind(decoding, high)):
                break
        return found

    def _none_behind(self, decoding: int | None, high: int) -> bool:
        """Whether the index says that the packet after this one is of a frame after `high`: it is not read to find that out."""
        entries = self._index()
        if entries is None or not self._timed or decoding is None:
            return False
        at = entries.search_timestamp(decoding, backward=True, any_frame=True)
        known = 0 <= at < len(entries) - 1 and entries[at].timestamp == decoding
        return known and self._number(entries[at + 1].timestamp) > high

    def _complete(self, found: dict[int, list[bytes]], numbers: Iterable[int]) -> bool:
        if self._source.variable:
            return bool(found) and (min(found) <= min(numbers) or min(found) <= self._number(self._first))
        return all(number in found for number in numbers)

    def _of(self, found: dict[int, list[bytes]], number: int) -> str:
        if self._source.variable:
            shown = sorted(found)
            number = shown[max(0, bisect_right(shown, number) - 1)]
            return digest(found[number][-1])
        return digest(*found[number])


class SequencePackets:
    """The coded pictures of an image sequence: its files."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def digests(self, numbers: Sequence[int]) -> list[str]:
        """For each number the digest of its file's bytes.

        Raises:
            MediaError: one cannot be read.

        """
        return [digest(hashlib.sha256(self._read(number)).digest()) for number in numbers]

    def together(self, numbers: Sequence[int]) -> list[list[int]]:
        """As of `PicturePackets`: each file is read by itself."""
        return [[number] for number in numbers]

    def sizes(self, low: int, end: int) -> list[int]:
        """Sizes of the files from frame `low` up to `end`; empty where one of them is gone."""
        try:
            return [sequences.frame_path(self._source, number).stat().st_size for number in range(low, end)]
        except OSError:
            return []

    def _read(self, number: int) -> bytes:
        path = sequences.frame_path(self._source, number)
        with opening.reading(path):
            return path.read_bytes()


def open_packets(source: Source, files: ExitStack) -> PicturePackets | SequencePackets:
    """The coded pictures of a source, open until `files` are closed.

    Raises:
        MediaRefused, MediaError: the file cannot be read.

    """
    return PicturePackets(source, files) if source.sequence is None else SequencePackets(source)


@contextmanager
def picture_packets(source: Source) -> Iterator[PicturePackets | SequencePackets]:
    """`open_packets`, closed after."""
    with ExitStack() as files:
        yield open_packets(source, files)


class SoundPackets:
    """The coded packets of an open sound stream by the numbers of their samples."""

    def __init__(self, reader: SoundReader, low: int, high: int) -> None:
        found: list[tuple[int, bytes]] = []
        for start, coded in reader.packets(low):
            if start >= high:
                break
            if start <= low:
                found.clear()
            found.append((start, coded))
        self._starts = [start for start, _ in found]
        self._coded = [hashlib.sha256(coded).digest() for _, coded in found]

    def of(self, low: int, high: int) -> bytes:
        """What is coded for samples `low` up to `high`, and where in the first packet they begin."""
        first = max(0, bisect_right(self._starts, low) - 1)
        last = bisect_right(self._starts, high - 1)
        if first >= last:
            return b"nothing"
        return (low - self._starts[first]).to_bytes(8, "big", signed=True) + b"".join(self._coded[first:last])
