"""Timelines that try a page: one of thousands of shots, one whose names are programs. Made of a scene that was run."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import opentimelineio as otio

EVIL = '"><img src=x onerror="window.harmed=1"><script>window.harmed=1</script>'


def lengthened(out: Path, into: Path, *, shots: int) -> Path:
    """The timeline's shots over and over on one track, each with its takes, until there are so many."""
    timeline: Any = otio.adapters.read_from_file(str(out))
    track = next(each for each in timeline.tracks if any(_performed(clip) for clip in each.find_clips()))
    clips = [clip for clip in track if isinstance(clip, otio.schema.Clip) and _performed(clip)]
    made = [copy.deepcopy(clips[number % len(clips)]) for number in range(shots)]
    for number, clip in enumerate(made):
        clip.name = f"Shot {number + 1:04d}"
        clip.metadata["reperform"]["shot"] = f"V1@{number:06d}"
    del track[:]
    track.extend(made)
    timeline.tracks[:] = [copy.deepcopy(track)]
    otio.adapters.write_to_file(timeline, str(into))
    return into


def renamed(out: Path, into: Path, *, name: str = EVIL) -> Path:
    """The timeline with this name for itself and everything in it."""
    timeline: Any = otio.adapters.read_from_file(str(out))
    timeline.name = name
    for item in (*timeline.tracks, *timeline.find_clips()):
        item.name = name
    for clip in timeline.find_clips():
        for marker in clip.markers:
            marker.comment = name
    otio.adapters.write_to_file(timeline, str(into))
    return into


def _performed(clip: Any) -> bool:
    return "reperform" in clip.metadata and len(clip.media_references()) > 1
