"""What an FCPXML's clips refer to: formats, files, and cuts that are used inside others."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.timeline.adapters.fcpxml_time import named_rate, seconds
from reperform.timeline.adapters.making import span
from reperform.timeline.adapters.xml_tree import Element
from reperform.timing import Rate

__all__ = ["Resources"]

_ORIGINAL = "original-media"


class Resources:
    """The `resources` of a file, by their ids."""

    def __init__(self, root: Element, name: str) -> None:
        self._name = name
        found = root.findall("./resources/*")
        self._by_id = {item.get("id"): item for item in found if item.get("id")}

    def get(self, identity: str | None, tag: str) -> Element | None:
        """The resource of that id and kind; None where there is none."""
        found = self._by_id.get(identity) if identity else None
        return found if found is not None and found.tag == tag else None

    def rate(self, format_id: str | None) -> Rate | None:
        """The frame rate of a format, exactly; None where it has none, as of sound and stills."""
        found = self.get(format_id, "format")
        if found is None:
            return None
        if frame := found.get("frameDuration"):
            duration = seconds(frame)
            return 1 / duration if duration > 0 else None
        return named_rate(found.get("name", ""))

    def sequence_rate(self, sequence: Element) -> Rate:
        """The frame rate of a sequence. Raises TimelineError where the file does not say."""
        rate = self.rate(sequence.get("format"))
        if rate is None:
            raise TimelineError(
                f"“{self._name}” does not say at which frame rate its timeline runs",
                fix="Export it again with its format: FCPXML of Final Cut Pro has one.",
            )
        return rate

    def reference(self, asset: Element, timeline_rate: Rate) -> otio.core.MediaReference:
        """The media reference of an asset, on the asset's own clock: exact, and at its own rate."""
        rate = self.rate(asset.get("format")) or _sound_rate(asset) or timeline_rate
        start, duration = seconds(asset.get("start"), Fraction(0)), seconds(asset.get("duration"), Fraction(0))
        if not duration and asset.get("hasVideo") == "1":
            duration = 1 / rate  # a still
        available = span(start, duration, rate) if duration > 0 else None
        address = _address(asset)
        if not address:
            return otio.schema.MissingReference(name=asset.get("name", ""), available_range=available)
        made = otio.schema.ExternalReference(target_url=address, available_range=available)
        made.name = asset.get("name", "")
        return made


def _address(asset: Element) -> str | None:
    """Where the original lies; a proxy only where there is nothing else. Before 1.9 it stands on the asset itself."""
    files = sorted(asset.findall("media-rep"), key=lambda found: found.get("kind", _ORIGINAL) != _ORIGINAL)
    return next((found.get("src") for found in files if found.get("src")), None) or asset.get("src")


def _sound_rate(asset: Element) -> Rate | None:
    text = asset.get("audioRate", "").removesuffix("k")
    if asset.get("hasVideo") == "1" or not text.replace(".", "", 1).isdigit():
        return None
    rate = Fraction(text)
    return rate if rate > 1000 else rate * 1000 or None
