"""What a library prints goes to standard error: standard output is for results, of which `--json` promises one document."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

__all__ = ["printing_aside"]

_lock = Lock()
_inside = 0
_own: int | None = None
"""Standard output, while something else stands in its place."""


@contextmanager
def printing_aside() -> Iterator[None]:
    """What C and C++ print meanwhile, in any thread, goes to standard error; several threads may be inside at once."""
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _own  # noqa: PLW0603 - a process has one standard output
    with _lock:
        _inside += 1
        if _inside == 1:
            # A process may have been started without either.
            with suppress(OSError):
                own = os.dup(1)
                _flush()
                os.dup2(2, 1)
                _own = own


def _leave() -> None:
    global _inside, _own  # noqa: PLW0603
    with _lock:
        _inside -= 1
        if _inside == 0 and _own is not None:
            _flush()
            os.dup2(_own, 1)
            os.close(_own)
            _own = None


def _flush() -> None:
    """What C has printed and keeps: it would come out after standard output is back."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL("ucrtbase") if sys.platform == "win32" else ctypes.CDLL(None)
        library.fflush(None)
