"""The take selector of a clip. It answers only while its timeline is the current one, and what it says is read back."""

from contextlib import contextmanager

from reperform_menu.calls import asked, same_file, whole
from reperform_menu.clips import media_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from reperform_menu.clips import Clip
    from reperform_menu.protocols import MediaPoolItem


class Entry:
    """One take in it. `index` counts from 1; `end` is exclusive; both frames count from the first of its media."""

    def __init__(self, index: int, said: "dict[str, Any]") -> None:
        self.index = index
        self.start = whole(said.get("startFrame"))
        self.end = whole(said.get("endFrame"))
        self.media = said.get("mediaPoolItem")
        self.path = media_path(self.media)


class Selector:
    """Of one clip of the current timeline."""

    def __init__(self, clip: "Clip") -> None:
        self.clip = clip
        self.item = clip.item

    @property
    def count(self) -> int:
        """0 where the clip has no takes."""
        return whole(asked(self.item, "GetTakesCount"))

    @property
    def selected(self) -> int:
        """From 1; 0 where the clip has no takes."""
        return whole(asked(self.item, "GetSelectedTakeIndex"))

    def entries(self) -> "list[Entry]":
        """All takes, in their order."""
        said = [(index, self.item.GetTakeByIndex(index)) for index in range(1, self.count + 1)]
        return [Entry(index, dict(each)) for index, each in said if each]

    def of(self, path: str) -> "Entry | None":
        """The take that is this file."""
        return next((entry for entry in self.entries() if same_file(entry.path, path)), None)

    def original(self, takes: "dict[str, Any]") -> "Entry | None":
        """The first that is none of our takes."""
        return next((entry for entry in self.entries() if not any(same_file(entry.path, one) for one in takes)), None)

    def select(self, index: int) -> bool:
        """Whether it is seen now, and the clip still stands where it stood; else the one before is selected again."""
        before = self.selected
        if before == index:
            return True
        self.item.SelectTakeByIndex(index)
        if self.selected == index and self._stands() and self._plays(index):
            return True
        self.item.SelectTakeByIndex(before)
        return False

    def add(self, media: "MediaPoolItem", start: int, end: int) -> bool:
        """Whether the take is there now, with these frames. What is selected may be another one afterwards."""
        before = self.count
        self.item.AddTake(media, start, end)
        path = media_path(media)
        added = [entry for entry in self.entries()[before:] if same_file(entry.path, path)]
        return any((entry.start, entry.end) == (start, end) for entry in added)

    def remove(self, index: int) -> bool:
        """Whether it is gone. The one that is seen is not removed: another is selected first."""
        before = self.count
        self.item.DeleteTakeByIndex(index)
        return self.count < before

    def _stands(self) -> bool:
        return (whole(self.item.GetStart()), whole(self.item.GetEnd())) == (self.clip.start, self.clip.end)

    def _plays(self, index: int) -> bool:
        entry = next((each for each in self.entries() if each.index == index), None)
        return entry is not None and same_file(media_path(self.item.GetMediaPoolItem()), entry.path)


@contextmanager
def originals_shown(clips: "list[Clip]", takes: "dict[str, Any]") -> "Iterator[None]":
    """Each clip plays its original for as long as the block runs: in its frames our marks count.

    A clip that would be another length then, since it was trimmed under a take, stays as it is.
    """
    back = []
    try:
        for selector in [Selector(clip) for clip in clips]:
            original = selector.original(takes)
            shown = selector.selected
            if original is not None and shown != original.index and selector.select(original.index):
                back.append((selector, shown))
        yield
    finally:
        for selector, shown in back:
            selector.item.SelectTakeByIndex(shown)
