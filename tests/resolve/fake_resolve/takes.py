"""The take selector of an item, with everything it has been seen to say and not do."""

from fractions import Fraction
from typing import Any

from . import finding
from .clock import rate_of
from .markers import Marked
from .media import MediaPoolItem
from .model import Data


class Takes(Marked):
    """What every item on a track has: its data, its media, its takes."""

    def _alive(self) -> bool:
        return self._app.project is not None and finding.timeline_of(self._project, self._key) is not None

    @property
    def _timeline(self) -> Data:
        timeline = finding.timeline_of(self._project, self._key)
        assert timeline is not None  # `_alive` has seen to it
        return timeline

    @property
    def _data(self) -> Data:
        return finding.place_of(self._timeline, self._key)[3]

    @property
    def _locked(self) -> bool:
        return bool(finding.place_of(self._timeline, self._key)[2]["locked"])

    @property
    def _media(self) -> "Data | None":
        media: "Data | None" = self._project["media"].get(self._data["media"])
        return media

    @property
    def _rate(self) -> Fraction:
        return rate_of(self._timeline["rate"])

    @property
    def _first(self) -> int:
        """The media's own number of the first frame shown."""
        assert self._media is not None
        seen = Fraction(self._data["left"]) * abs(Fraction(self._data["speed"]))
        return int(seen * rate_of(self._media["rate"]) / self._rate)

    @property
    def _is_current(self) -> bool:
        return bool(self._project["timeline"] == self._timeline["id"])

    def _markers(self) -> "dict[str, Data]":
        markers: "dict[str, Data]" = self._data["markers"]
        return markers

    def AddTake(self, mediaPoolItem: Any, startFrame: Any = None, endFrame: Any = None) -> bool:
        fault = self._app.faults.get("take")
        media = self._project["media"].get(getattr(mediaPoolItem, "_key", None))
        if media is None or self._media is None or self._locked or self._data["type"] != "video":
            return False
        if fault == "accepted without":
            return True
        first, end = (0, media["frames"]) if startFrame is None else (startFrame, endFrame)
        if not 0 <= first < end <= media["frames"]:
            return False
        self._open_selector()
        if fault == "refused with effect" or self._same_again(media, first, end):
            return False
        self._data["takes"]["list"].append({"media": media["id"], "start": first, "end": end})
        if self._app.faults.get("after_take") != "the old one stays selected":
            self._show(len(self._data["takes"]["list"]))
        return True

    def GetTakesCount(self) -> int:
        return self._count

    def GetSelectedTakeIndex(self) -> int:
        return int(self._selector["selected"]) if self._is_current else 0

    def GetTakeByIndex(self, idx: int) -> Any:
        takes = self._selector["list"] if self._is_current else []
        if not 1 <= idx <= len(takes):
            return None
        take = takes[idx - 1]
        media = MediaPoolItem(self._app, take["media"])
        return {"startFrame": take["start"], "endFrame": take["end"], "mediaPoolItem": media}

    def SelectTakeByIndex(self, idx: int) -> bool:
        if self._locked or not 1 <= idx <= self._count or self._app.faults.get("select") == "refused":
            return False
        if self._app.faults.get("select") != "accepted without":
            self._show(idx)
        return True

    def DeleteTakeByIndex(self, idx: int) -> bool:
        """The selected take cannot go; the last but one takes the selector with it."""
        if self._locked or not 1 <= idx <= self._count or idx == self._selector["selected"]:
            return False
        takes = self._data["takes"]
        del takes["list"][idx - 1]
        takes["selected"] -= takes["selected"] > idx
        if len(takes["list"]) == 1:
            self._data["takes"] = None
        return True

    def FinalizeTake(self) -> bool:
        """No entry of ours may call this: the other takes are gone for good."""
        self._app.misuse("FinalizeTake")
        self._data["takes"] = None
        return True

    @property
    def _count(self) -> int:
        return len(self._selector["list"]) if self._is_current else 0

    @property
    def _selector(self) -> Data:
        return self._data["takes"] or {"selected": 0, "list": []}

    def _open_selector(self) -> None:
        """What the item plays becomes take 1."""
        if self._data["takes"] is None:
            span = self._data["duration"] * self._media_rate / self._rate
            own = {"media": self._data["media"], "start": self._first, "end": self._first + int(span)}
            self._data["takes"] = {"selected": 1, "list": [own]}

    @property
    def _media_rate(self) -> Fraction:
        assert self._media is not None
        return rate_of(self._media["rate"])

    def _same_again(self, media: Data, first: int, end: int) -> bool:
        return {"media": media["id"], "start": first, "end": end} in self._data["takes"]["list"]

    def _show(self, index: int) -> None:
        """The take's media from its first frame, for as long as it is or the room on the track lets it be."""
        takes = self._data["takes"]
        takes["selected"], take = index, takes["list"][index - 1]
        rate = rate_of(self._project["media"][take["media"]]["rate"])
        self._data["media"] = take["media"]
        self._data["left"] = int(take["start"] * self._rate / rate)
        track = finding.place_of(self._timeline, self._key)[2]
        later = [
            one["start"] for one in track["items"] if one["start"] > self._data["start"] and one["type"] != "transition"
        ]
        room = min(later) - self._data["start"] if later else 10**9
        self._data["duration"] = min(int((take["end"] - take["start"]) * self._rate / rate), room)
