"""Which call appeared with which version of Resolve; what is not named here has been there since before 18.5."""

from typing import Dict, Tuple

Version = Tuple[int, ...]

SINCE: Dict[str, Version] = {
    "TimelineItem.GetLinkedItems": (19, 0, 1),
    "TimelineItem.GetTrackTypeAndIndex": (19, 0, 1),
    "TimelineItem.GetSourceAudioChannelMapping": (19, 0, 1),
    "TimelineItem.GetSourceStartFrame": (19, 0, 2),
    "TimelineItem.GetSourceEndFrame": (19, 0, 2),
    "TimelineItem.GetSourceStartTime": (19, 0, 2),
    "TimelineItem.GetSourceEndTime": (19, 0, 2),
    "Timeline.GetMarkInOut": (19, 1),
    "Timeline.SetMarkInOut": (19, 1),
    "Timeline.ClearMarkInOut": (19, 1),
    "MediaPool.GetSelectedClips": (19, 1),
    "MediaPoolItem.GetThirdPartyMetadata": (19, 1),
    "MediaPoolItem.SetThirdPartyMetadata": (19, 1),
    "TimelineItem.SetName": (20, 0),
    "Timeline.GetSelectedClips": (21, 0, 4),
    "MediaPoolItem.GetTimeline": (21, 0, 4),
    "Resolve.IsStudio": (21, 1),
    "TimelineItem.GetType": (21, 1),
    "TimelineItem.GetSpeed": (21, 1),
}
TRANSITIONS_LISTED: Version = (21, 0, 4)
OTIO: Version = (18, 5)


def version_of(text: str) -> Version:
    """`"19.1"` as numbers that compare."""
    return tuple(int(part) for part in text.split("."))


def has(version: Version, call: str) -> bool:
    """Whether this version knows the call (`"Timeline.GetMarkInOut"`)."""
    return SINCE.get(call, (0,)) <= version


def windows(version: Version, *, studio: bool) -> bool:
    """Whether UIManager draws windows: the free edition lost it in 19.1."""
    return studio or version < (19, 1)


def runs_python(version: Version, *, studio: bool) -> bool:
    """Whether the Scripts menu lists Python files at all: the free edition stopped in 21.1."""
    return studio or version < (21, 1)
