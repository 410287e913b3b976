"""MediaPoolItem, and the probe that says what a file is."""

import copy
import json
import os
import subprocess
from typing import Any, Dict, Optional, Tuple

from . import finding, model
from .handles import App
from .markers import Marked
from .model import Data

SETTABLE = (
    "IDT", "Input Color Space", "Input Gamma", "Data Level", "Clip Name", "PAR", "Reel Name", "Comments", "Good Take",
    "Input LUT", "Alpha mode", "Super Scale", "Field Dominance",
)  # fmt: skip


def probed(app: App, path: str) -> "Data | None":
    """What the file is; None for what Resolve would not import."""
    if not os.path.isfile(path):
        return None
    known = (path, os.stat(path).st_mtime_ns)
    if known not in _PROBED:
        _PROBED[known] = _asked(app, path)
    return copy.deepcopy(_PROBED[known])


_PROBED: "Dict[Tuple[str, int], Optional[Data]]" = {}


def _asked(app: App, path: str) -> "Data | None":
    done = subprocess.run([*app.world["probe"], path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={})
    if done.returncode:
        return None
    facts: "Data" = json.loads(done.stdout.decode("utf-8"))
    return facts


class MediaPoolItem(Marked):
    def _alive(self) -> bool:
        return self._app.project is not None and self._key in self._project["media"]

    @property
    def _data(self) -> Data:
        data: "Data" = self._project["media"][self._key]
        return data

    def _markers(self) -> "dict[str, Data]":
        markers: "dict[str, Data]" = self._data["markers"]
        return markers

    def GetName(self) -> str:
        return str(self._data["name"])

    def SetName(self, name: str) -> bool:
        self._data["name"] = name
        return True

    def GetMediaId(self) -> str:
        return "file-{}".format(self._key)

    def GetUniqueId(self) -> str:
        return self._key

    def GetClipProperty(self, propertyName: str = "") -> Any:
        properties = self._data["properties"]
        return dict(properties) if not propertyName else properties.get(propertyName, "")

    def SetClipProperty(self, propertyName: str, propertyValue: Any) -> bool:
        fault = self._app.faults.get("property")
        if propertyName not in SETTABLE or propertyValue in ("", None) or fault == "refused":
            return False
        if fault != "accepted without":
            self._data["properties"][propertyName] = propertyValue
        return True

    def GetMetadata(self, metadataType: str = "") -> Any:
        return _read(self._data["metadata"], metadataType)

    def SetMetadata(self, metadataType: str, metadataValue: str) -> bool:
        self._data["metadata"][metadataType] = metadataValue
        return True

    def GetThirdPartyMetadata(self, metadataType: str = "") -> Any:
        return _read(self._data["third_party"], metadataType)

    def SetThirdPartyMetadata(self, metadataType: str, metadataValue: str) -> bool:
        self._data["third_party"][metadataType] = metadataValue
        return True

    def GetTimeline(self) -> Any:
        from .timeline import Timeline

        for timeline in self._project["timelines"].values():
            if timeline["media"] == self._key:
                return Timeline(self._app, timeline["id"])
        return None

    def ReplaceClip(self, filePath: str) -> bool:
        """No entry of ours may call this: it swaps the media under every use."""
        self._app.misuse("ReplaceClip")
        facts = probed(self._app, filePath)
        if facts is not None:
            self._data.update(facts)
        return facts is not None


def import_file(app: App, project: Data, path: str) -> "Data | None":
    """The clip of a file in the current bin; the one that is there already where the pool has it."""
    found = finding.media_at(project, path)
    if found is not None:
        return found
    facts = probed(app, path)
    return None if facts is None else model.add_media(app.world, project, facts)


def _read(fields: Data, name: str) -> Any:
    return fields.get(name, "") if name else dict(fields)
