"""Markers of a timeline, an item or a clip: one a frame, float keys, wherever they were put, seen or not."""

from typing import Any

from .handles import Handle, numbered, one_of
from .model import Data

COLORS = (
    "Blue", "Cyan", "Green", "Yellow", "Red", "Pink", "Purple", "Fuchsia", "Rose", "Lavender", "Sky", "Mint", "Lemon",
    "Sand", "Cocoa", "Cream",
)  # fmt: skip


class Marked(Handle):
    """Whatever carries markers under `markers`, by frame as text."""

    def _markers(self) -> "dict[str, Data]":
        raise NotImplementedError

    def AddMarker(
        self, frameId: Any, color: str, name: str, note: str, duration: Any, customData: str = ""
    ) -> "bool | None":
        if self._app.faults.get("marker") == "refused":
            return False
        if not one_of(self._app, color, COLORS, "marker colour"):
            return False
        if (
            not all(isinstance(text, str) for text in (name, note, customData))
            or not _number(frameId)
            or not _number(duration)
        ):
            self._app.misuse(
                "AddMarker({!r}, …, {!r}, {!r}, {!r}, {!r})".format(frameId, name, note, duration, customData)
            )
            return False
        frame = str(int(frameId))
        if frame in self._markers() or duration < 1:
            return False
        if self._app.faults.get("marker") == "accepted without":
            return True
        made = {"color": color, "duration": int(duration), "note": note, "name": name, "customData": customData}
        self._markers()[frame] = made
        return True

    def GetMarkers(self) -> Any:
        return numbered(self._markers())

    def GetMarkerByCustomData(self, customData: str) -> Any:
        """The first one, under its frame; empty where there is none."""
        found = [(frame, one) for frame, one in self._markers().items() if one["customData"] == customData]
        return numbered(dict(found[:1]))

    def UpdateMarkerCustomData(self, frameId: Any, customData: str) -> bool:
        marker = self._markers().get(str(int(frameId)))
        if marker is None:
            return False
        marker["customData"] = customData
        return True

    def GetMarkerCustomData(self, frameId: Any) -> "str | None":
        marker = self._markers().get(str(int(frameId)))
        return None if marker is None else str(marker["customData"])

    def DeleteMarkerAtFrame(self, frameNum: Any) -> bool:
        return self._markers().pop(str(int(frameNum)), None) is not None

    def DeleteMarkerByCustomData(self, customData: str) -> bool:
        for frame, marker in self._markers().items():
            if marker["customData"] == customData:
                del self._markers()[frame]
                return True
        return False

    def DeleteMarkersByColor(self, color: str) -> bool:
        """No entry of ours may call this: it takes the user's markers too."""
        self._app.misuse("DeleteMarkersByColor")
        kept = {frame: one for frame, one in self._markers().items() if color not in ("All", one["color"])}
        self._markers().clear()
        self._markers().update(kept)
        return True


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
