"""What a viewer would see at a frame of the timeline."""

from fractions import Fraction
from typing import Optional, Tuple

from .clock import rate_of
from .model import Data


def played(project: Data, timeline: Data, frame: int) -> "Optional[Tuple[str, int]]":
    """The file and its frame (from 0) at a record frame, by the topmost enabled item and its selected take; None for black."""
    for track in reversed(timeline["tracks"]["video"]):
        for item in track["items"] if track["enabled"] else ():
            under = item["start"] <= frame < item["start"] + item["duration"]
            if under and item["enabled"] and item["type"] == "video":
                return _source(project, timeline, item, frame - item["start"])
    return None


def _source(project: Data, timeline: Data, item: Data, offset: int) -> "Optional[Tuple[str, int]]":
    media = project["media"].get(item["media"])
    if media is None:
        return None
    place = (item["left"] + offset) * abs(Fraction(item["speed"]))
    return media["path"], int(place * rate_of(media["rate"]) / rate_of(timeline["rate"]))
