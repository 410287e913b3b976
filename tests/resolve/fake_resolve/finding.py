"""Where things are in a project's data."""

from typing import Optional, Tuple

from . import model
from .model import Data

Place = Tuple[Data, str, int]


def timeline_of(project: Data, item_id: str) -> "Optional[Data]":
    """The timeline that an item is on; None where it is gone."""
    for timeline in project["timelines"].values():
        if any(item["id"] == item_id for item in model.items_of(timeline)):
            found: "Data" = timeline
            return found
    return None


def place_of(timeline: Data, item_id: str) -> "Tuple[str, int, Data, Data]":
    """Track type, track number from 1, track and item."""
    for kind, tracks in timeline["tracks"].items():
        for number, track in enumerate(tracks, 1):
            for item in track["items"]:
                if item["id"] == item_id:
                    return kind, number, track, item
    raise KeyError(item_id)


def bin_with(project: Data, media_id: str) -> "Data":
    """The bin that holds a clip."""
    return next(one for one in project["bins"].values() if media_id in one["clips"])


def media_at(project: Data, path: str) -> "Optional[Data]":
    """The clip of a file; None where the pool has none."""
    return next((one for one in project["media"].values() if path and one["path"] == path), None)


def timeline_named(project: Data, name: str) -> "Optional[Data]":
    """None where the name is free."""
    return next((one for one in project["timelines"].values() if one["name"] == name), None)
