"""Files that stay open from one look into them to the next: opening one costs more than a few frames of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from reperform.media import opening
from reperform.media.packets import PicturePackets, SequencePackets, open_packets
from reperform.media.sound_reader import SoundReader
from reperform.model import Source

__all__ = ["MOST", "OpenMedia"]

MOST = 24
"""Streams kept open at once."""

_Kept = TypeVar("_Kept", PicturePackets | SequencePackets, SoundReader)


class OpenMedia:
    """Pictures and sounds of files, the last MOST used of them kept open. A context manager; for one thread."""

    def __init__(self) -> None:
        self._open: OrderedDict[Hashable, tuple[PicturePackets | SequencePackets | SoundReader, ExitStack]] = (
            OrderedDict()
        )

    def __enter__(self) -> OpenMedia:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._open:
            self._close_oldest()

    @contextmanager
    def pictures(self, source: Source) -> Iterator[PicturePackets | SequencePackets]:
        """As `packets.picture_packets`."""
        with self._used((PicturePackets, source.path, source.rate, source.sequence), source.path) as key:
            yield self._get(key, lambda files: open_packets(source, files))

    @contextmanager
    def sound(self, path: Path, *, stream: int) -> Iterator[SoundReader]:
        """As `sound.reader`."""
        with self._used((SoundReader, path, stream), path) as key:
            yield self._get(key, lambda files: SoundReader(path, stream, files))

    @contextmanager
    def _used(self, key: Hashable, path: Path) -> Iterator[Hashable]:
        """What goes wrong with a file names it, and the file is not used again as it stands."""
        try:
            with opening.reading(path):
                yield key
        except BaseException:
            if key in self._open:
                self._open.move_to_end(key, last=False)
                self._close_oldest()
            raise

    def _get(self, key: Hashable, make: Callable[[ExitStack], _Kept]) -> _Kept:
        if key in self._open:
            self._open.move_to_end(key)
            found: _Kept = self._open[key][0]  # type: ignore[assignment]  # the key says which kind it is
            return found
        files = ExitStack()
        try:
            made = make(files)
        except BaseException:
            files.close()
            raise
        self._open[key] = (made, files)
        while len(self._open) > MOST:
            self._close_oldest()
        return made

    def _close_oldest(self) -> None:
        _, (_, files) = self._open.popitem(last=False)
        files.close()
