"""The clips of a timeline, and why some of them cannot be worked on in place."""

from reperform_menu.calls import asked, has, listed, whole, words
from reperform_menu.timecodes import rate_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.protocols import Timeline, TimelineItem

IMPORT = "Reperform - Import Takes Timeline"
MOVING = ("video", "video + audio", "")
"""Types of media that can be re-performed, as the media pool names them; an old version may not say."""


class Clip:
    """One clip of a timeline, as it was when it was looked at. Frames count from 00:00:00:00, `end` is exclusive."""

    def __init__(self, item: "TimelineItem", kind: str, track: int) -> None:
        self.item = item
        self.kind = kind
        self.track = track
        self.start = whole(item.GetStart())
        self.end = whole(item.GetEnd())
        self.name = words(item.GetName())
        self.uid = words(asked(item, "GetUniqueId"))

    @property
    def frames(self) -> int:
        """As they are seen."""
        return self.end - self.start

    @property
    def left(self) -> int:
        """The frame of its media that is seen first."""
        return whole(self.item.GetLeftOffset())

    @property
    def is_seen(self) -> bool:
        """Whether it is switched on, and plays something."""
        return asked(self.item, "GetClipEnabled") is not False and self.item.GetMediaPoolItem() is not None

    @property
    def where(self) -> str:
        """Track and name, for people."""
        return "{}{} “{}”".format(self.kind[:1].upper(), self.track, self.name)

    @property
    def path(self) -> str:
        """The file it plays now; empty where it plays none."""
        return media_path(self.item.GetMediaPoolItem())


def clips_of(timeline: "Timeline", kind: str = "video") -> "list[Clip]":
    """All of them, lower tracks first; transitions are none."""
    found = []
    for track in range(1, whole(timeline.GetTrackCount(kind)) + 1):
        items = listed(timeline.GetItemListInTrack(kind, track))
        found += [Clip(item, kind, track) for item in items if not is_transition(item)]
    return found


def is_transition(item: "Any") -> bool:
    """They stand among the clips since 21.0.4. Before 21.1 nothing tells them from titles: both play no media."""
    if has(item, "GetType"):
        return "transition" in words(item.GetType()).lower()
    return item.GetMediaPoolItem() is None


def at(clips: "list[Clip]", frame: int) -> "Clip | None":
    """The topmost picture that is seen at the frame: what is disabled, and what plays no media, is passed over."""
    there = [clip for clip in reversed(clips) if clip.start <= frame < clip.end]
    return next((clip for clip in there if clip.is_seen), None)


def media_path(media: "Any") -> str:
    """Of something in the media pool; empty for a compound clip, a generator, nothing."""
    return words(asked(media, "GetClipProperty", "File Path"))


def why_not_in_place(clip: Clip, timeline: "Timeline") -> "tuple[str, str] | None":
    """What is wrong and what to do, where takes cannot be added to the clip itself; None where they can."""
    media = clip.item.GetMediaPoolItem()
    if media is None:
        return "{} plays no media: it is a title, a generator or an adjustment clip.".format(clip.where), (
            "Mark the picture below it."
        )
    kind = words(asked(media, "GetClipProperty", "Type")).lower()
    if kind not in MOVING or not media_path(media):
        return "{} is {}.".format(clip.where, _kind_in_words(kind)), "Its takes are brought by “{}”.".format(IMPORT)
    if is_retimed(clip, timeline):
        return "{} is retimed.".format(clip.where), "Its takes are brought by “{}”.".format(IMPORT)
    return None


def is_retimed(clip: Clip, timeline: "Timeline") -> bool:
    """Whether it plays at another speed. Without a call for that, by how many frames of its media it uses."""
    speed = asked(clip.item, "GetSpeed")
    if speed is not None:
        return _speed(speed) != 100.0
    first, last = asked(clip.item, "GetSourceStartFrame"), asked(clip.item, "GetSourceEndFrame")
    if first is None or last is None:
        return False
    media = clip.item.GetMediaPoolItem()
    here = rate_of(timeline.GetSetting("timelineFrameRate"))
    theirs = rate_of(asked(media, "GetClipProperty", "FPS") or here)
    # The getters are a frame off now and then, at either end.
    return abs((whole(last) - whole(first)) * here / theirs - clip.frames) > 2


def locked(timeline: "Timeline", clip: Clip) -> bool:
    """Whether its track is locked: Resolve then changes nothing, and does not say so."""
    return bool(asked(timeline, "GetIsTrackLocked", clip.kind, clip.track))


def _speed(said: "Any") -> float:
    """In per cent. It comes as a number, or as a table that holds one."""
    if isinstance(said, dict):
        said = next((value for key, value in said.items() if "speed" in str(key).lower()), 100.0)
    try:
        return round(float(said), 3)
    except (TypeError, ValueError):
        return 100.0


def _kind_in_words(kind: str) -> str:
    for word, said in (
        ("compound", "a compound clip"),
        ("multicam", "a multicam clip"),
        ("timeline", "a nested timeline"),
    ):
        if word in kind:
            return said
    return {"still": "a still", "fusion": "a Fusion clip"}.get(
        kind, "no clip with a file of its own ({})".format(kind or "?")
    )
