"""TimelineItem: ranges that slip, links, properties, grades. Its takes are in `takes`."""

from fractions import Fraction
from typing import Any, List

from . import finding
from .clock import rate_of
from .handles import Handle
from .media import MediaPoolItem
from .model import Data, items_of
from .takes import Takes


class TimelineItem(Takes):
    def GetName(self) -> str:
        return str(self._data["name"])

    def SetName(self, name: str) -> bool:
        self._data["name"] = name
        return True

    def GetUniqueId(self) -> str:
        return self._key

    def GetType(self) -> str:
        kind, _, _, item = finding.place_of(self._timeline, self._key)
        return "transition" if item["type"] == "transition" else kind

    def GetStart(self, subframe_precision: bool = False) -> Any:
        return _as(self._data["start"], subframe_precision)

    def GetEnd(self, subframe_precision: bool = False) -> Any:
        return _as(self._data["start"] + self._data["duration"], subframe_precision)

    def GetDuration(self, subframe_precision: bool = False) -> Any:
        return _as(self._data["duration"], subframe_precision)

    def GetLeftOffset(self, subframe_precision: bool = False) -> Any:
        return _as(self._data["left"], subframe_precision)

    def GetRightOffset(self, subframe_precision: bool = False) -> Any:
        media = self._media
        whole = 0 if media is None else int(media["frames"] * self._rate / rate_of(media["rate"]))
        return _as(max(0, whole - self._data["left"] - self._data["duration"]), subframe_precision)

    def GetSourceStartFrame(self) -> "int | None":
        """One frame early on every third item, and always the same ones."""
        return None if self._media is None else max(0, self._first - int(self._data["start"] % 3 == 0))

    def GetSourceEndFrame(self) -> "int | None":
        if self._media is None:
            return None
        span = (
            Fraction(self._data["duration"])
            * abs(Fraction(self._data["speed"]))
            * rate_of(self._media["rate"])
            / self._rate
        )
        return self._first + int(span) - int(self._data["duration"] % 2)

    def GetSourceStartTime(self) -> "float | None":
        """Seconds, with the start timecode in them."""
        return None if self._media is None else float(self._begins(self._media))

    def GetSourceEndTime(self) -> "float | None":
        span = self._data["duration"] * abs(Fraction(self._data["speed"])) / self._rate
        return None if self._media is None else float(self._begins(self._media) + span)

    def _begins(self, media: Data) -> Fraction:
        return Fraction(media["start"] + self._first) / rate_of(media["rate"])

    def GetSpeed(self) -> float:
        return float(Fraction(self._data["speed"])) * 100

    def GetMediaPoolItem(self) -> "MediaPoolItem | None":
        return None if self._media is None else MediaPoolItem(self._app, self._media["id"])

    def GetLinkedItems(self) -> "List[TimelineItem]":
        group = self._data["link"]
        return [
            TimelineItem(self._app, one["id"])
            for one in items_of(self._timeline)
            if group is not None and one["link"] == group and one["id"] != self._key
        ]

    def GetTrackTypeAndIndex(self) -> "List[Any]":
        kind, number, _, _ = finding.place_of(self._timeline, self._key)
        return [kind, number]

    def GetSourceAudioChannelMapping(self) -> str:
        return '{"embedded_audio_channels": 2, "linked_audio": {}, "track_mapping": {}}'

    def GetClipEnabled(self) -> bool:
        return bool(self._data["enabled"])

    def SetClipEnabled(self, Bool: bool) -> bool:
        if self._locked:
            return False
        self._data["enabled"] = bool(Bool)
        return True

    def GetClipColor(self) -> str:
        return str(self._data["color"])

    def SetClipColor(self, colorName: str) -> bool:
        self._data["color"] = colorName
        return True

    def GetProperty(self, propertyKey: str = "") -> Any:
        properties = self._data["properties"]
        return properties.get(propertyKey) if propertyKey else dict(properties)

    def SetProperty(self, propertyKey: str, propertyValue: Any) -> bool:
        if propertyKey not in self._data["properties"]:
            return False
        self._data["properties"][propertyKey] = propertyValue
        return True

    def GetNodeGraph(self, layerIdx: int = 1) -> "Graph":
        return Graph(self._app, self._key)

    def GetVersionNameList(self, versionType: int) -> "List[str]":
        return list(self._data["versions"]) if versionType == 0 else []

    def AddVersion(self, versionName: str, versionType: int) -> bool:
        self._data["versions"].append(versionName)
        return True

    def GetCurrentVersion(self) -> Data:
        return {"versionName": self._data["versions"][-1], "versionType": 0}

    def AddFusionComp(self) -> Any:
        self._data["comps"] += 1
        return Handle(self._app)

    def GetFusionCompCount(self) -> int:
        return int(self._data["comps"])


class Graph(Handle):
    """The grade of an item: one node."""

    def _alive(self) -> bool:
        return self._app.project is not None and finding.timeline_of(self._project, self._key) is not None

    @property
    def _grade(self) -> Data:
        timeline = finding.timeline_of(self._project, self._key)
        assert timeline is not None
        grade: "Data" = finding.place_of(timeline, self._key)[3]["grade"]
        return grade

    def GetNumNodes(self) -> int:
        return 1

    def GetLUT(self, nodeIndex: int) -> str:
        return str(self._grade.get(str(nodeIndex), ""))

    def SetLUT(self, nodeIndex: int, lutPath: str) -> bool:
        self._grade[str(nodeIndex)] = lutPath
        return True


def _as(value: Any, precise: bool) -> Any:
    return float(value) if precise else int(value)
