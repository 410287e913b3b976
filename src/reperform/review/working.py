"""Work in the background: as many pieces at once as there are cores but one, what was asked for last first."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from reperform.errors import ReperformError

__all__ = ["Work", "workers"]

_WAITING = 48
"""Pieces that may wait; what was asked for longest ago is forgotten, and asked for again by the page that still wants it."""


def workers() -> int:
    """How many pieces are worked on at once."""
    return max(1, (os.cpu_count() or 2) - 1)


@dataclass
class _Piece:
    make: Callable[[], None]
    ended: threading.Event = field(default_factory=threading.Event)
    error: ReperformError | None = None


class Work:
    """Pieces of work by key. Each is done once, however often it is asked for."""

    def __init__(self, *, done: Callable[[str], None] = lambda _: None) -> None:
        """`done` is told the key of each piece that has ended."""
        self._done = done
        self._changed = threading.Condition()
        self._waiting: OrderedDict[str, _Piece] = OrderedDict()
        self._going: dict[str, _Piece] = {}
        self._failed: OrderedDict[str, ReperformError] = OrderedDict()
        self._stopped = False
        self._threads = [threading.Thread(target=self._run, name="review work", daemon=True) for _ in range(workers())]
        for thread in self._threads:
            thread.start()

    def ask(self, key: str, make: Callable[[], None], *, patience: float = 0.0) -> bool:
        """Has `make` called soon; waits `patience` seconds for it to end. Gives whether it has.

        Raises:
            ReperformError: it has failed, now or before.

        """
        with self._changed:
            if key in self._failed:
                raise self._failed[key]
            piece = self._going.get(key) or self._waiting.pop(key, None) or _Piece(make)
            if key not in self._going:
                self._waiting[key] = piece
                while len(self._waiting) > _WAITING:
                    self._waiting.popitem(last=False)
                self._changed.notify()
        ended = piece.ended.wait(patience)
        if piece.error is not None:
            raise piece.error
        return ended

    def forget_failures(self) -> None:
        """What failed may be tried again: media has come back."""
        with self._changed:
            self._failed.clear()

    def stop(self) -> None:
        """Nothing new is begun."""
        with self._changed:
            self._stopped = True
            self._waiting.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._stopped:
                    self._changed.wait()
                if self._stopped:
                    return
                key, piece = self._waiting.popitem()
                self._going[key] = piece
            self._make(key, piece)
            self._done(key)

    def _make(self, key: str, piece: _Piece) -> None:
        try:
            piece.make()
        except ReperformError as error:
            piece.error = error
        except Exception as error:  # noqa: BLE001 - one bad file does not end the work on the others
            piece.error = ReperformError("this cannot be shown", cause=f"{type(error).__name__}: {error}")
        with self._changed:
            self._going.pop(key, None)
            if piece.error is not None:
                self._failed[key] = piece.error
                while len(self._failed) > 1000:
                    self._failed.popitem(last=False)
        piece.ended.set()
