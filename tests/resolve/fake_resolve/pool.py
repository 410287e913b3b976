"""MediaPool and its bins: everything goes to the current bin, and what is made becomes the current one."""

from typing import Any, List, Optional

from . import finding, importing, media, model
from .clock import rate_of
from .handles import Handle
from .items import TimelineItem
from .media import MediaPoolItem
from .model import Data
from .timeline import Timeline


class Folder(Handle):
    def _alive(self) -> bool:
        return self._app.project is not None and self._key in self._project["bins"]

    @property
    def _data(self) -> Data:
        data: "Data" = self._project["bins"][self._key]
        return data

    def GetName(self) -> str:
        return str(self._data["name"])

    def GetUniqueId(self) -> str:
        return self._key

    def GetClipList(self) -> "List[MediaPoolItem]":
        return [MediaPoolItem(self._app, one) for one in self._data["clips"]]

    def GetSubFolderList(self) -> "List[Folder]":
        return [Folder(self._app, one) for one in self._data["bins"]]


class MediaPool(Handle):
    def _alive(self) -> bool:
        return self._app.project is not None

    def GetUniqueId(self) -> str:
        return "pool-{}".format(self._project["id"])

    def GetRootFolder(self) -> Folder:
        return Folder(self._app, self._project["root"])

    def GetCurrentFolder(self) -> Folder:
        return Folder(self._app, self._project["bin"])

    def SetCurrentFolder(self, folder: Any) -> bool:
        if getattr(folder, "_key", None) not in self._project["bins"]:
            return False
        self._project["bin"] = folder._key
        return True

    def AddSubFolder(self, folder: Any, name: str) -> "Optional[Folder]":
        """None where the bin has one of that name; else it is opened."""
        parent = self._project["bins"].get(getattr(folder, "_key", None))
        if parent is None or any(self._project["bins"][one]["name"] == name for one in parent["bins"]):
            return None
        made = model.add_bin(self._app.world, self._project, name, parent["id"])
        self._project["bin"] = made["id"]
        return Folder(self._app, made["id"])

    def DeleteFolders(self, subfolders: "List[Any]") -> bool:
        for folder in subfolders:
            self.__drop_bin(folder._key)
        return True

    def __drop_bin(self, key: str) -> None:
        gone = self._project["bins"].pop(key)
        for one in gone["bins"]:
            self.__drop_bin(one)
        for one in gone["clips"]:
            self.__forget(one)
        for other in self._project["bins"].values():
            other["bins"] = [one for one in other["bins"] if one != key]
        if self._project["bin"] not in self._project["bins"]:
            self._project["bin"] = self._project["root"]

    def __forget(self, media_id: str) -> None:
        """What played it is offline."""
        self._project["media"].pop(media_id, None)
        for timeline in self._project["timelines"].values():
            for item in model.items_of(timeline):
                item["media"] = None if item["media"] == media_id else item["media"]

    def GetSelectedClips(self) -> "List[MediaPoolItem]":
        return [MediaPoolItem(self._app, one) for one in self._project["selected_media"]]

    def ImportMedia(self, items: "List[Any]") -> "List[MediaPoolItem]":
        if self._app.faults.get("import_media") == "nothing":
            return []
        paths = [one["FilePath"] if isinstance(one, dict) else one for one in items]
        found = [media.import_file(self._app, self._project, str(path)) for path in paths]
        return [MediaPoolItem(self._app, one["id"]) for one in found if one is not None]

    def MoveClips(self, clips: "List[Any]", targetFolder: Any) -> bool:
        for clip in clips:
            finding.bin_with(self._project, clip._key)["clips"].remove(clip._key)
            self._project["bins"][targetFolder._key]["clips"].append(clip._key)
        return True

    def DeleteClips(self, clips: "List[Any]") -> bool:
        for clip in clips:
            finding.bin_with(self._project, clip._key)["clips"].remove(clip._key)
            self.__forget(clip._key)
        return True

    def CreateEmptyTimeline(self, name: str) -> "Optional[Timeline]":
        if finding.timeline_named(self._project, name):
            return None
        made = model.add_timeline(self._app.world, self._project, name, rate=self._rate)
        return Timeline(self._app, made["id"])

    def CreateTimelineFromClips(self, name: str, clips: "List[Any]") -> "Optional[Timeline]":
        """None unless the current bin holds the clips."""
        here = self._project["bins"][self._project["bin"]]["clips"]
        if finding.timeline_named(self._project, name) or any(_media_in(clip)._key not in here for clip in clips):
            return None
        made = model.add_timeline(self._app.world, self._project, name, rate=self._rate)
        for clip in clips:
            self.__append(made, clip if isinstance(clip, dict) else {"mediaPoolItem": clip})
        return Timeline(self._app, made["id"])

    @property
    def _rate(self) -> str:
        return str(rate_of(self._project["settings"]["timelineFrameRate"]))

    def AppendToTimeline(self, clipInfo: "List[Any]") -> "Optional[List[Optional[TimelineItem]]]":
        timeline = self._project["timelines"].get(self._project["timeline"])
        if timeline is None:
            return None
        infos = [one if isinstance(one, dict) else {"mediaPoolItem": one} for one in clipInfo]
        return [item for info in infos for item in self.__append(timeline, info)]

    def __append(self, timeline: Data, info: Data) -> "List[Optional[TimelineItem]]":
        """Picture and sound as they come, linked; on a locked or taken place a dead item is answered."""
        data = self._project["media"][_media_in(info)._key]
        kinds = {1: ["video"], 2: ["audio"]}.get(info.get("mediaType", 0), _kinds(data))
        placed = [self.__place(timeline, kind, data, info) for kind in kinds]
        landed = [one for one in placed if one is not None]
        if len(landed) > 1:
            model.link(self._app.world, *landed)
        return [TimelineItem(self._app, one["id"] if one else "dead") for one in placed]

    def __place(self, timeline: Data, kind: str, data: Data, info: Data) -> "Optional[Data]":
        tracks = timeline["tracks"][kind]
        number = int(info.get("trackIndex", 1)) if "mediaType" in info else 1
        if not 1 <= number <= len(tracks) or tracks[number - 1]["locked"]:
            return None
        track, rate = tracks[number - 1], rate_of(timeline["rate"]) / rate_of(data["rate"])
        first, end = int(info.get("startFrame") or 0), int(info.get("endFrame") or data["frames"])
        length = int((end - first) * rate)
        ends = [one["start"] + one["duration"] for one in track["items"]]
        start = int(info.get("recordFrame") or max([timeline["start"], *ends]))
        if any(one["start"] < start + length and start < one["start"] + one["duration"] for one in track["items"]):
            return None
        left = int(first * rate)
        return model.add_item(self._app.world, track, media=data, start=start, duration=length, left=left, type=kind)

    def ImportTimelineFromFile(self, filePath: str, importOptions: Any = None) -> "Optional[Timeline]":
        made = importing.timeline_from(self._app, self._project, str(filePath), dict(importOptions or {}))
        return None if made is None else Timeline(self._app, made["id"])

    def DeleteTimelines(self, timeline: "List[Any]") -> bool:
        for one in timeline:
            gone = self._project["timelines"].pop(one._key)
            finding.bin_with(self._project, gone["media"])["clips"].remove(gone["media"])
            del self._project["media"][gone["media"]]
        if self._project["timeline"] not in self._project["timelines"]:
            self._project["timeline"] = next(iter(self._project["timelines"]), None)
        return True


def _media_in(clip: Any) -> Any:
    return clip["mediaPoolItem"] if isinstance(clip, dict) else clip


def _kinds(data: Data) -> "List[str]":
    kind = data["properties"].get("Type", "")
    return [one for one in ("video", "audio") if one in kind.lower()] or ["video"]
