"""What is to be marked: selected clips, the timeline between its in and out points, the clip under the playhead."""

from reperform_menu import marks
from reperform_menu.calls import asked, has, listed, whole, words
from reperform_menu.clips import Clip, at, clips_of, is_retimed, is_transition, media_path, why_not_in_place
from reperform_menu.form import playhead
from reperform_menu.refusals import Refusal
from reperform_menu.state import in_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.host import Host
    from reperform_menu.protocols import Timeline

DIALOGUE = "dialogue"
POINTS = "points"


class Target:
    """A clip, or a part of the timeline over a clip that takes no marks of its own: retimed, compound, multicam.

    `start` and `end` are record frames, `end` exclusive: what is to be marked of it.
    """

    def __init__(self, clip: "Clip", timeline: "Timeline", start: int, end: int) -> None:
        self.clip: "Clip | None" = None if _counts_otherwise(clip, timeline) else clip
        self.owner: "Any" = timeline if self.clip is None else clip.item
        self.start = start
        self.end = end
        self.where = clip.where if self.clip else "{} (a timeline marker over it)".format(clip.where)
        self.seen = (clip.start, clip.end)
        self._first = whole(timeline.GetStartFrame())

    @property
    def zero(self) -> int:
        """The record frame from which the owner's markers count: asked anew, for it moves with the take that is seen."""
        return self._first if self.clip is None else self.clip.start - self.clip.left

    @property
    def last(self) -> int:
        """The last frame that may carry the mark, as the owner counts."""
        return self.end - 1 - self.zero

    def span(self, how: "Any", seen: int) -> "tuple[int, int]":
        """First frame as the owner counts, and how many. One frame means the guide's dialogue there, or the whole clip."""
        if how == DIALOGUE:
            return (seen if self.start <= seen < self.end else self.start) - self.zero, 1
        return self.start - self.zero, max(1, self.end - self.start)

    def marks(self) -> "list[marks.Mark]":
        """Those of ours that lie on it already."""
        found = marks.ours(self.owner)
        first, last = (each - self.zero for each in self.seen)
        return [mark for mark in found if self.clip is not None or first <= mark.frame < last]


def targets_of(host: "Host", timeline: "Timeline") -> "tuple[list[Target], str]":
    """What would be marked now, and what the person should know of it: why nothing is, or why not more."""
    selected = _selected(timeline)
    if selected:
        return _usable([(clip, clip.start, clip.end) for clip in selected], timeline)
    seen = playhead(timeline)
    clip = at(clips_of(timeline), seen)
    if clip is not None:
        return _usable([(clip, clip.start, clip.end)], timeline)
    lacks = "" if has(timeline, "GetSelectedClips") else host.lacks("selected clips of the timeline")
    where = (
        "No clip with media is under the playhead."
        if seen >= 0
        else "This page shows no playhead: go to the Edit page."
    )
    return [], "{} {}".format(where, lacks).strip()


def between_points(timeline: "Timeline") -> "list[Target]":
    """All that is seen between the in and out points, each clip with its part.

    Raises:
        Refusal: there are none, or nothing to mark is there.

    """
    points = points_of(timeline)
    found = _seen_between(clips_of(timeline), *points) if points is not None else []
    targets, why = _usable(found, timeline)
    if not targets:
        raise Refusal("Nothing between the in and out points can be marked. {}".format(why).strip())
    return targets


def points_of(timeline: "Timeline") -> "tuple[int, int] | None":
    """In and out points of the picture as record frames, the second exclusive; None where they are not both set."""
    found = in_out(timeline)
    points = found.get("video") or found.get("audio")
    if points is None:
        return None
    start = whole(timeline.GetStartFrame())
    return start + points[0], start + points[1] + 1


def _selected(timeline: "Timeline") -> "list[Clip]":
    """Clips of the picture that are selected; Resolve says so since 21.0.4."""
    found = []
    for item in listed(asked(timeline, "GetSelectedClips")):
        place = listed(asked(item, "GetTrackTypeAndIndex"))
        if len(place) == 2 and words(place[0]) == "video" and not is_transition(item):
            found.append(Clip(item, "video", whole(place[1])))
    return sorted(found, key=lambda clip: clip.start)


def _seen_between(clips: "list[Clip]", start: int, end: int) -> "list[tuple[Clip, int, int]]":
    """The topmost clips between two record frames, each with the part of it that is meant."""
    found: "list[tuple[Clip, int, int]]" = []
    for clip in reversed(clips):
        first, last = max(clip.start, start), min(clip.end, end)
        covered = any(begin < last and first < over for _, begin, over in found)
        if clip.is_seen and first < last and not covered:
            found.append((clip, first, last))
    return sorted(found, key=lambda each: each[1])


def _usable(found: "list[tuple[Clip, int, int]]", timeline: "Timeline") -> "tuple[list[Target], str]":
    targets, why = [], []
    for clip, start, end in found:
        reason = why_not_in_place(clip, timeline)
        targets += [Target(clip, timeline, start, end)] if _has_picture(clip) else []
        why += [" ".join(reason)] if reason else []
    return targets, "\n".join(why)


def _has_picture(clip: Clip) -> bool:
    media = clip.item.GetMediaPoolItem()
    return media is not None and words(asked(media, "GetClipProperty", "Type")).lower() != "still"


def _counts_otherwise(clip: Clip, timeline: "Timeline") -> bool:
    """Whether nobody knows from where its own markers count."""
    media = clip.item.GetMediaPoolItem()
    return media is None or not media_path(media) or is_retimed(clip, timeline)
