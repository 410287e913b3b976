"""What a person sees in Resolve, put back as it was: page, bin, timeline, playhead, in and out points."""

from contextlib import contextmanager

from reperform_menu.calls import asked, has, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

    from reperform_menu.desk import Desk
    from reperform_menu.protocols import Timeline

BLIND = ("media", "fusion")
"""Pages without a playhead of the timeline."""


class Seen:
    """What was seen when it was made."""

    def __init__(self, desk: "Desk", *, moves: bool) -> None:
        self.desk = desk
        self.page = asked(desk.host.resolve, "GetCurrentPage")
        if moves and self.page in BLIND:
            # Going to another timeline moves the playhead, which only these pages do not tell.
            asked(desk.host.resolve, "OpenPage", "edit")
        self.folder = asked(desk.pool, "GetCurrentFolder")
        self.timeline = desk.project.GetCurrentTimeline()
        self.playhead = asked(self.timeline, "GetCurrentTimecode")
        self.in_out = in_out(self.timeline)
        self.keep_timeline = True
        """False where the person asked to see another timeline."""

    def restore(self, note: "Callable[[str], None]") -> None:
        """All that is otherwise now; `note` hears what could not be put back."""
        steps = [self._bin, self._page]
        if self.timeline is not None and self.keep_timeline:
            steps = [self._bin, self._timeline, self._in_out, self._playhead, self._page]
        for step in steps:
            try:
                step()
            except Exception as error:  # the other things are put back all the same
                note("could not put back {}: {!r}".format(step.__name__.strip("_"), error))

    def _bin(self) -> None:
        if self.folder is not None and not _same(asked(self.desk.pool, "GetCurrentFolder"), self.folder):
            self.desk.pool.SetCurrentFolder(self.folder)

    def _timeline(self) -> None:
        if self.timeline is not None:
            self.desk.show(self.timeline)

    def _playhead(self) -> None:
        if self.playhead and asked(self.timeline, "GetCurrentTimecode") != self.playhead:
            asked(self.timeline, "SetCurrentTimecode", self.playhead)

    def _in_out(self) -> None:
        if in_out(self.timeline) != self.in_out:
            set_in_out(self.timeline, self.in_out)

    def _page(self) -> None:
        if self.page and asked(self.desk.host.resolve, "GetCurrentPage") != self.page:
            asked(self.desk.host.resolve, "OpenPage", self.page)


@contextmanager
def kept(desk: "Desk", note: "Callable[[str], None]" = lambda _: None, *, moves: bool = False) -> "Iterator[Seen]":
    """All is put back at the end of the block, however it ends. Keep it short: a person may look elsewhere meanwhile.

    `moves`: another timeline may become the current one.
    """
    seen = Seen(desk, moves=moves)
    try:
        yield seen
    finally:
        seen.restore(note)


def in_out(timeline: "Timeline | Any") -> "dict[str, tuple[int, int]]":
    """In and out points by `video` and `audio`, both inclusive, from the timeline's first frame; those that are set."""
    said = asked(timeline, "GetMarkInOut") or {}
    found = {kind: points for kind, points in said.items() if isinstance(points, dict)}
    return {
        kind: (whole(points["in"]), whole(points["out"]))
        for kind, points in found.items()
        if points.get("in") is not None and points.get("out") is not None
    }


def set_in_out(timeline: "Any", points: "dict[str, tuple[int, int]]") -> None:
    """As `in_out` reads them."""
    if has(timeline, "ClearMarkInOut"):
        timeline.ClearMarkInOut("all")
    if points.get("video") and points.get("video") == points.get("audio"):
        asked(timeline, "SetMarkInOut", points["video"][0], points["video"][1], "all")
        return
    for kind, (first, last) in points.items():
        asked(timeline, "SetMarkInOut", first, last, kind)


def _same(one: "Any", other: "Any") -> bool:
    ids = [asked(each, "GetUniqueId") for each in (one, other)]
    return one is other or (ids[0] is not None and ids[0] == ids[1])
