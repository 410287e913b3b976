"""The sound that goes with a take: its own on a track of ours while the take is seen, the clip's own otherwise.

Only where the voice is in no track of the cut (a file, a spoken line). Nothing is deleted or replaced: clips are switched on and off.
"""

from reperform_menu.calls import asked, has, listed, same_file, whole, words
from reperform_menu.clips import Clip, clips_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.protocols import MediaPool, MediaPoolItem, Timeline

TRACK = "Reperform"


def linked(clip: Clip) -> "list[Any]":
    """Sound clips that are linked to the picture."""
    items = listed(asked(clip.item, "GetLinkedItems"))
    return [item for item in items if words((listed(asked(item, "GetTrackTypeAndIndex")) or [""])[0]) == "audio"]


def sounding(timeline: "Timeline", clip: Clip, path: str) -> "Any":
    """The clip of ours that plays the take's sound there; None where there is none."""
    for each in clips_of(timeline, "audio"):
        ours = timeline.GetTrackName("audio", each.track) == TRACK
        if ours and (each.start, each.end) == (clip.start, clip.end) and same_file(each.path, path):
            return each.item
    return None


def follow(timeline: "Timeline", pool: "MediaPool", clip: Clip, *, takes: "dict[str, Any]", shown: "Any") -> str:
    """The sound as it belongs to what is seen: `shown` is a take's media and its frames, or None for the original.

    `takes` are the paths of the clip's takes. What did not go, in words; empty where all did.
    """
    if not has(clip.item, "GetLinkedItems"):
        return "the sound is to be switched by hand: this Resolve does not say which clips are linked"
    wanted = None if shown is None else words(asked(shown[0], "GetClipProperty", "File Path"))
    wrong = ""
    if shown is not None and sounding(timeline, clip, words(wanted)) is None:
        wrong = _laid(timeline, pool, clip, *shown)
    switched = [(item, shown is None or bool(wrong)) for item in linked(clip)]
    for path in takes:
        item = sounding(timeline, clip, path)
        if item is not None:
            switched.append((item, same_file(path, wanted)))
    return wrong or _switched(switched)


def _switched(items: "list[tuple[Any, bool]]") -> str:
    for item, on in items:
        if bool(asked(item, "GetClipEnabled")) != on:
            asked(item, "SetClipEnabled", on)
        if bool(asked(item, "GetClipEnabled")) != on:
            return "the sound of “{}” could not be switched {}".format(words(item.GetName()), "on" if on else "off")
    return ""


def _laid(timeline: "Timeline", pool: "MediaPool", clip: Clip, media: "MediaPoolItem", start: int, end: int) -> str:
    """The take's sound on our track, under the picture."""
    track = _track(timeline, clip)
    if not track:
        return "no track could be made for the sound of the take"
    wish = {"mediaPoolItem": media, "startFrame": start, "endFrame": end, "mediaType": 2}
    pool.AppendToTimeline([dict(wish, trackIndex=track, recordFrame=clip.start)])
    path = words(asked(media, "GetClipProperty", "File Path"))
    if sounding(timeline, clip, path) is None:
        return "Resolve did not lay the sound of the take under the picture; it is in the bin “Reperform”"
    return ""


def _track(timeline: "Timeline", clip: Clip) -> int:
    """The number of a track of ours with room there, made where there is none; 0 where it cannot be."""
    count = whole(timeline.GetTrackCount("audio"))
    taken = {each.track for each in clips_of(timeline, "audio") if each.start < clip.end and clip.start < each.end}
    for number in range(1, count + 1):
        is_ours = timeline.GetTrackName("audio", number) == TRACK
        if is_ours and number not in taken and not asked(timeline, "GetIsTrackLocked", "audio", number):
            return number
    timeline.AddTrack("audio", "stereo")
    if whole(timeline.GetTrackCount("audio")) <= count:
        return 0
    timeline.SetTrackName("audio", count + 1, TRACK)
    return count + 1
