"""Avid Log Exchange: a list of media with their reels and timecodes. It stands beside an EDL, and says what its reels are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

from reperform.errors import TimelineError
from reperform.timeline.adapters.edl_rate import spoken
from reperform.timing import Rate, parse_timecode

__all__ = ["Ale", "Logged", "ale_beside", "parse_ale", "refuse"]

_LARGEST = 1 << 26
_FILES = ("Source File Path", "Source Path", "Source File", "Filename", "File Name", "UNC Path")
_REELS = ("Tape", "Reel", "Reel Name", "Tape Name", "Camroll", "Source File", "Name")


@dataclass(frozen=True, kw_only=True)
class Logged:
    """One row: a piece of media."""

    name: str
    file: str | None
    """Its path or file name, as written. None where no column has one."""
    reels: frozenset[str]
    """What an EDL may call it, in capitals, without endings."""
    start: int | None
    """Its first frame's timecode, in frames of the list's rate."""
    end: int | None
    """The first frame after it."""

    def holds(self, reel: str, start: int, end: int) -> bool:
        """Whether it is that reel, and has these frames of it."""
        if plain(reel) not in self.reels or self.start is None or self.end is None:
            return False
        return self.start <= start and end <= self.end


@dataclass(frozen=True, kw_only=True)
class Ale:
    """The whole list."""

    file: str
    rate: Rate | None
    media: tuple[Logged, ...]

    def find(self, reel: str, start: int, end: int) -> Logged | None:
        """The one piece of media with these frames of a reel; None where there is none, or several."""
        found = [logged for logged in self.media if logged.holds(reel, start, end)]
        return found[0] if len(found) == 1 else None


def plain(name: str) -> str:
    """A reel's name as it is compared: Avid writes it in capitals, with or without the file's ending."""
    return re.sub(r"\.[A-Z0-9]{1,4}$", "", name.strip().upper())


def refuse(name: str) -> NoReturn:
    """Always refuses: a list of media is no cut."""
    raise TimelineError(
        f"“{name}” is an ALE: a list of media, not a timeline",
        fix="Give the EDL of the cut, and leave the ALE beside it: its reels, files and frame rate are then known.",
    )


def ale_beside(path: Path) -> Ale | None:
    """The ALE of that name in the same folder, else the only one there; None where it cannot be read."""
    try:
        folder = [found for found in path.parent.iterdir() if found.suffix.lower() == ".ale"]
        named = [found for found in folder if found.stem.lower() == path.stem.lower()]
        chosen = named or (folder if len(folder) == 1 else [])
        if not chosen or chosen[0].stat().st_size > _LARGEST:
            return None
        return parse_ale(chosen[0].read_bytes(), chosen[0].name)
    except (OSError, ValueError):
        return None


def parse_ale(content: bytes, name: str) -> Ale:
    """The list in an ALE. Raises ValueError for one without columns."""
    lines = [line for line in re.split(r"\r\n|\r|\n", _text(content)) if line.strip()]
    heads = {line.strip().lower(): number for number, line in enumerate(lines) if line.strip() in ("Column", "Data")}
    if "column" not in heads or "data" not in heads or heads["column"] + 1 >= len(lines):
        raise ValueError(f"{name} has no columns")
    heading = dict(line.split("\t", 1) for line in lines[: heads["column"]] if "\t" in line)
    rate = spoken(heading.get("FPS", "").strip())
    columns = [column.strip() for column in lines[heads["column"] + 1].split("\t")]
    rows = (dict(zip(columns, line.split("\t"), strict=False)) for line in lines[heads["data"] + 1 :])
    return Ale(file=name, rate=rate, media=tuple(_logged(row, rate or Fraction(24)) for row in rows))


def _logged(row: dict[str, str], rate: Rate) -> Logged:
    values = {column: value.strip() for column, value in row.items() if value.strip()}
    file = next((values[column] for column in _FILES if column in values), None)
    return Logged(
        name=values.get("Name", ""),
        file=file,
        reels=frozenset(plain(values[column]) for column in _REELS if column in values),
        start=_frame(values.get("Start"), rate),
        end=_frame(values.get("End"), rate),
    )


def _frame(text: str | None, rate: Rate) -> int | None:
    try:
        return parse_timecode(text, rate) if text else None
    except ValueError:
        return None


def _text(content: bytes) -> str:
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
