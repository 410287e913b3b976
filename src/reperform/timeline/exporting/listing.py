"""The takes of a cut as lists hold them: where each stands in its file, and where in the cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reperform.timeline.records import ClipRecord, TakeRecord
from reperform.timing import Rate, format_timecode, parse_timecode

__all__ = ["LISTS", "LONGEST_REEL", "List", "Listed", "reels"]

List = Literal["edl", "ale"]
LISTS: tuple[List, ...] = ("edl", "ale")

LONGEST_REEL = 32
"""Characters of a reel's name: Avid's File_32, and Resolve, take as many; CMX's own eight would cut off the take's number."""

_NO_REEL = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One take of one clip of the cut."""

    clip: str
    shot: ClipRecord
    take: TakeRecord
    path: Path | None
    """None where it is no file of this machine."""

    @property
    def is_chosen(self) -> bool:
        """Whether it stands in the cut."""
        return self.shot.chosen == self.take.take

    @property
    def name(self) -> str:
        """Of its file."""
        return self.path.name if self.path else self.take.take

    @property
    def drop_frame(self) -> bool:
        """How its own timecode counts."""
        return self.take.drop_frame

    @property
    def shown(self) -> tuple[int, int]:
        """First frame of the take that the clip shows, counted from the take's first, and how many of them it holds."""
        first = max(self.shot.in_frame, self.take.in_frame)
        end = min(self.shot.in_frame + self.shot.frames, self.take.in_frame + self.take.frames)
        return first - self.take.in_frame, max(0, end - first)

    def timecode(self, frame: int) -> str:
        """Source timecode of a frame counted from the take's first; from zero where its file has none."""
        return format_timecode((self.take.start_frame or 0) + frame, self.take.rate, drop_frame=self.drop_frame)

    def record(self, rate: Rate, *, drop_frame: bool) -> tuple[int, int]:
        """Where it stands in the cut, in frames from 00:00:00:00 of the timeline's rate, half-open."""
        start = parse_timecode(self.shot.record_in, rate, drop_frame=drop_frame)
        first, frames = self.shown
        before = first + self.take.in_frame - self.shot.in_frame
        return start + round(before / self.take.rate * rate), start + round((before + frames) / self.take.rate * rate)

    @property
    def direction(self) -> str:
        """What was asked of it, in the words of its marks."""
        return " / ".join(dict.fromkeys(_words(cue) for cue in self.take.cues if _words(cue)))

    @property
    def character(self) -> str:
        """Who speaks; several where its cues have several."""
        return ", ".join(dict.fromkeys(str(cue["character"]) for cue in self.take.cues if cue.get("character")))


def _words(cue: dict[str, object]) -> str:
    marker = " ".join(str(cue.get("marker") or "").split())
    if marker:
        return marker
    asked = cue.get("direction")
    return ", ".join(f"{key}: {value}" for key, value in asked.items()) if isinstance(asked, dict) else ""


def reels(listed: Sequence[Listed]) -> dict[str, str]:
    """A reel for each take, by its id: its own where it has one, else its file's; short and plain enough, and each once."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for item in listed:
        if item.take.take in found:
            continue
        name = _NO_REEL.sub("_", item.take.reel or Path(item.name).stem).strip("_.") or "AX"
        reel, number = name[:LONGEST_REEL], 1
        while reel.upper() in taken and not (item.take.reel and number == 1 and len(name) <= LONGEST_REEL):
            number += 1
            ending = f"_{number}"
            reel = name[: LONGEST_REEL - len(ending)] + ending
        taken.add(reel.upper())
        found[item.take.take] = reel
    return found
