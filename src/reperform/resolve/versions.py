"""Which Resolve was started last, as its own log says it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

__all__ = ["Started", "last_started"]

_LINE = re.compile(
    rb"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d+[^\n]*?Running DaVinci Resolve( Studio)? v(\d+)\.(\d+)(?:\.(\d+))?"
)
"""As 17.4 to 18.1 write it on Linux. An unknown form is: not known."""
_MOST_BYTES = 64_000_000


@dataclass(frozen=True)
class Started:
    """One start of Resolve."""

    studio: bool
    version: tuple[int, ...]
    at: datetime
    """In this machine's own time, as the log has it."""

    @property
    def name(self) -> str:
        """Edition and version."""
        return f"{'Studio' if self.studio else 'the free edition'} {'.'.join(map(str, self.version))}"


def last_started(logs: Iterable[Path]) -> Started | None:
    """The latest start that any of these logs tells of; None where none does."""
    found = [started for log in logs for started in _starts(log)]
    return max(found, key=lambda started: started.at, default=None)


def _starts(log: Path) -> list[Started]:
    with suppress(OSError), log.open("rb") as file:
        return [_started(match) for match in _LINE.finditer(file.read(_MOST_BYTES))]
    return []


def _started(match: re.Match[bytes]) -> Started:
    at, studio, *numbers = match.groups()
    version = tuple(int(number) for number in numbers if number is not None)
    return Started(studio is not None, version, datetime.strptime(at.decode(), "%Y-%m-%d %H:%M:%S"))
