"""Timeline: tracks, markers, the playhead, in and out, export."""

from typing import Any, List, Optional

from . import exporting, importing, model, versions
from .clock import frame_of, rate_of, timecode
from .handles import one_of
from .items import TimelineItem
from .markers import Marked
from .media import MediaPoolItem
from .model import Data

_WITH_PLAYHEAD = ("cut", "edit", "color", "fairlight", "deliver")


class Timeline(Marked):
    def _alive(self) -> bool:
        return self._app.project is not None and self._key in self._project["timelines"]

    @property
    def _data(self) -> Data:
        data: "Data" = self._project["timelines"][self._key]
        return data

    @property
    def _is_current(self) -> bool:
        return bool(self._project["timeline"] == self._key)

    def _markers(self) -> "dict[str, Data]":
        markers: "dict[str, Data]" = self._data["markers"]
        return markers

    def _track(self, kind: str, index: Any) -> "Optional[Data]":
        if not one_of(self._app, kind, model.TRACKS, "track type"):
            return None
        tracks: "List[Data]" = self._data["tracks"][kind]
        return tracks[int(index) - 1] if 1 <= index <= len(tracks) else None

    def GetName(self) -> str:
        return str(self._data["name"])

    def SetName(self, timelineName: str) -> bool:
        if any(one["name"] == timelineName for one in self._project["timelines"].values()):
            return False
        self._data["name"] = timelineName
        return True

    def GetUniqueId(self) -> str:
        return self._key

    def GetMediaPoolItem(self) -> MediaPoolItem:
        return MediaPoolItem(self._app, self._data["media"])

    def GetStartFrame(self) -> int:
        return int(self._data["start"])

    def GetEndFrame(self) -> int:
        return exporting.end_of(self._data)

    def GetStartTimecode(self) -> str:
        return timecode(self._data["start"], rate_of(self._data["rate"]), drop=self._data["drop"])

    def SetStartTimecode(self, timecode: str) -> bool:
        start = frame_of(timecode, rate_of(self._data["rate"]), drop=self._data["drop"])
        if start is None:
            return False
        moved = start - self._data["start"]
        self._data["start"], self._data["playhead"] = start, self._data["playhead"] + moved
        for item in model.items_of(self._data):
            item["start"] += moved
        return True

    def GetTrackCount(self, trackType: str) -> Any:
        known = one_of(self._app, trackType, model.TRACKS, "track type")
        return len(self._data["tracks"][trackType]) if known else None

    def AddTrack(self, trackType: str, subTrackType: str = "stereo") -> bool:
        if not one_of(self._app, trackType, model.TRACKS, "track type"):
            return False
        model.add_track(self._data, trackType)
        return True

    def DeleteTrack(self, trackType: str, trackIndex: int) -> bool:
        track = self._track(trackType, trackIndex)
        if track is None:
            return False
        self._data["tracks"][trackType].remove(track)
        return True

    def GetTrackName(self, trackType: str, trackIndex: int) -> Any:
        return (self._track(trackType, trackIndex) or {}).get("name")

    def SetTrackName(self, trackType: str, trackIndex: int, name: str) -> bool:
        return self._set(trackType, trackIndex, "name", name)

    def GetIsTrackLocked(self, trackType: str, trackIndex: int) -> Any:
        return (self._track(trackType, trackIndex) or {}).get("locked")

    def SetTrackLock(self, trackType: str, trackIndex: int, Bool: bool) -> bool:
        return self._set(trackType, trackIndex, "locked", Bool)

    def GetIsTrackEnabled(self, trackType: str, trackIndex: int) -> Any:
        return (self._track(trackType, trackIndex) or {}).get("enabled")

    def SetTrackEnable(self, trackType: str, trackIndex: int, Bool: bool) -> bool:
        return self._set(trackType, trackIndex, "enabled", Bool)

    def _set(self, kind: str, index: int, key: str, value: Any) -> bool:
        track = self._track(kind, index)
        if track is not None:
            track[key] = value
        return track is not None

    def GetItemListInTrack(self, trackType: str, index: int) -> "Optional[List[TimelineItem]]":
        track = self._track(trackType, index)
        if track is None:
            return None
        listed = self._app.version >= versions.TRANSITIONS_LISTED
        return [TimelineItem(self._app, one["id"]) for one in track["items"] if listed or one["type"] != "transition"]

    def DeleteClips(self, timelineItems: "List[Any]", Bool: bool = False) -> bool:
        """Linked sound stays."""
        wanted = {one._key for one in timelineItems}
        for kind in model.TRACKS:
            for track in self._data["tracks"][kind]:
                if not track["locked"]:
                    track["items"] = [one for one in track["items"] if one["id"] not in wanted]
        return True

    def GetSelectedClips(self) -> "List[TimelineItem]":
        return [TimelineItem(self._app, one) for one in self._data["selected"]] if self._is_current else []

    def GetCurrentTimecode(self) -> Any:
        if self._app.world["page"] not in _WITH_PLAYHEAD or not self._is_current:
            return ""
        return timecode(self._data["playhead"], rate_of(self._data["rate"]), drop=self._data["drop"])

    def SetCurrentTimecode(self, timecode: str) -> bool:
        frame = frame_of(timecode, rate_of(self._data["rate"]), drop=self._data["drop"])
        if frame is None or self._app.world["page"] not in _WITH_PLAYHEAD or not self._is_current:
            return False
        self._data["playhead"] = frame
        return True

    def GetCurrentVideoItem(self) -> "Optional[TimelineItem]":
        """The topmost that is enabled, a title or adjustment clip like any other."""
        if not self._is_current:
            return None
        for track in reversed(self._data["tracks"]["video"]):
            for item in track["items"]:
                under = item["start"] <= self._data["playhead"] < item["start"] + item["duration"]
                if under and item["enabled"] and track["enabled"] and item["type"] != "transition":
                    return TimelineItem(self._app, item["id"])
        return None

    def GetMarkInOut(self) -> Data:
        return {kind: dict(marks) for kind, marks in self._data["in_out"].items()}

    def SetMarkInOut(self, mark_in: int, mark_out: int, type: str = "all") -> bool:  # noqa: A002  Blackmagic's name
        for kind in ("video", "audio") if type == "all" else (type,):
            self._data["in_out"][kind] = {"in": mark_in, "out": mark_out}
        return True

    def ClearMarkInOut(self, type: str = "all") -> bool:  # noqa: A002  Blackmagic's name
        for kind in ("video", "audio") if type == "all" else (type,):
            self._data["in_out"].pop(kind, None)
        return True

    def GetSetting(self, settingName: str = "") -> Any:
        """Follows the project's where the timeline has none of its own."""
        settings = dict(self._project["settings"], **self._data["settings"])
        return settings.get(settingName, "") if settingName else settings

    def SetSetting(self, settingName: str, settingValue: str) -> bool:
        self._data["settings"][settingName] = settingValue
        if settingName == "timelineFrameRate":
            self._data["rate"] = str(rate_of(settingValue))
        return True

    def Export(self, fileName: str, exportType: Any, exportSubtype: Any = None) -> bool:
        return exporting.export(self._app, self._project, self._data, str(fileName), exportType)

    def DuplicateTimeline(self, timelineName: str = "") -> "Optional[Timeline]":
        made = importing.duplicate(self._app.world, self._project, self._data, timelineName)
        return None if made is None else Timeline(self._app, made["id"])
