"""Valid timelines, made at random: OpenTimelineIO's JSON as plain dictionaries, as an editor might have written them.

`random.Random` makes them quickly from a seed; Hypothesis stands in for it where it is to shrink what fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

from fuzzing.reels import REELS, VOICE, Reel

__all__ = ["RATES", "Json", "Making", "tree"]

Json = dict[str, Any]

RATES: dict[float, Fraction] = {
    24.0: Fraction(24),
    25.0: Fraction(25),
    24000 / 1001: Fraction(24000, 1001),
    30000 / 1001: Fraction(30000, 1001),
    23.976: Fraction(24000, 1001),
    23.98: Fraction(24000, 1001),
    23.976024627685547: Fraction(24000, 1001),
    29.97: Fraction(30000, 1001),
    50.0: Fraction(50),
    60000 / 1001: Fraction(60000, 1001),
}
"""What each spelling of a rate means."""

_CLOCKS = (24.0, 25.0, 24000 / 1001, 30000 / 1001, 50.0)
_SPEEDS = (2.0, 0.5, -1.0, 1.0, -0.5, 1.5, 3.0)
_VOICES = ("", f"; audio: {VOICE}")
_EMOTIONS = ("angry", "sad", "happy", "neutral")


def time(value: float, rate: float) -> Json:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": value}


def span(start: float, length: float, rate: float) -> Json:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": time(start, rate), "duration": time(length, rate)}


@dataclass
class Making:
    """One timeline in the making. Every clip has a name and every mark a note of its own."""

    random: Random
    depth: int = 2
    clips: int = 0
    marks: int = 0
    rate: float = 24.0
    retimed: bool = field(default=True)

    def timeline(self) -> Json:
        self.rate = self.random.choice(_CLOCKS)
        tracks = [self.track(self.depth) for _ in range(self.random.randint(1, 3))]
        start = self.random.choice((0, 86_400, 90_000, 17))
        stack: Json = {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": tracks, "source_range": None}
        stack["markers"] = [self._record_mark()] if self._rarely(3) else []
        if self._rarely(12):
            stack["source_range"] = self._whole(self.random.randint(0, 30), self.random.randint(20, 200))
        return {
            "OTIO_SCHEMA": "Timeline.1",
            "name": "cut",
            "global_start_time": time(start, self.rate),
            "tracks": stack,
        }

    def track(self, depth: int, *, kind: str = "Video") -> Json:
        """Clips, gaps, fades and what is nested, one after another."""
        children: list[Json] = []
        for _ in range(self.random.randint(1, 4)):
            children.append(self._item(depth))
            if children and self._rarely(8):
                children.append(self._fade())
        made: Json = {"OTIO_SCHEMA": "Track.1", "name": "", "kind": kind, "children": _single_fades(children)}
        made["source_range"] = (
            self._whole(self.random.randint(0, 20), self.random.randint(10, 90)) if self._rarely(12) else None
        )
        made["markers"] = [self._record_mark()] if depth == self.depth and self._rarely(12) else []
        return self._maybe_off(made)

    def _item(self, depth: int) -> Json:
        if self._rarely(5):
            return self._gap()
        if depth and self._rarely(5):
            return self._compound(depth - 1) if self.random.random() < 0.8 else self.track(depth - 1)
        return self._clip()

    def _compound(self, depth: int) -> Json:
        tracks = [self.track(depth) for _ in range(self.random.randint(1, 2))]
        made: Json = {
            "OTIO_SCHEMA": "Stack.1",
            "name": "compound",
            "children": tracks,
            "source_range": None,
            "effects": [],
        }
        if self.random.random() < 0.6:
            made["source_range"] = self._whole(self.random.randint(0, 20), self.random.randint(5, 80))
            if self.retimed and self._rarely(8):
                made["effects"] = [warp(self.random.choice(_SPEEDS))]
        return self._maybe_off(made)

    def _clip(self) -> Json:
        self.clips += 1
        name = f"clip {self.clips}"
        if self._rarely(14):
            return self._maybe_off(self._title(name))
        if self._rarely(20):
            return self._maybe_off(self._offline(name))
        reel = self.random.choice(REELS)
        effects = self._effects()
        rate = self.rate if effects and "time_scalar" in effects[0] else self._own_rate(reel)
        exact = RATES[rate]
        zero = Fraction(reel.start or 0) / reel.rate
        length = self.random.randint(1, 60)
        first = self.random.randint(0, 200) if not self._rarely(25) else self.random.randint(-20, 320)
        start = float(round((zero + first / reel.rate) * exact * 8)) / 8
        if self.random.random() < 0.8:
            start = float(round(start))
        made = clip(name, span(start, length, rate), self._reference(reel))
        made["markers"] = [self._mark(start, length, rate) for _ in range(self._few())]
        made["effects"] = effects
        return self._maybe_off(made)

    def _effects(self) -> list[Json]:
        if self.retimed and self._rarely(7):
            return [warp(self.random.choice(_SPEEDS))]
        look: Json = {"OTIO_SCHEMA": "Effect.1", "name": "", "effect_name": "Blur", "metadata": {}}
        return [look] if self._rarely(10) else []

    def _own_rate(self, reel: Reel) -> float:
        """A spelling of the reel's own rate, mostly; of another one, an exact one."""
        own = [spelled for spelled, rate in RATES.items() if rate == reel.rate]
        return self.random.choice(own if self.random.random() < 0.7 else _CLOCKS)

    def _reference(self, reel: Reel) -> Json:
        spelled = self.random.choice([spelled for spelled, rate in RATES.items() if rate == reel.rate])
        available = None if self._rarely(5) else span(reel.start or 0, reel.frames, spelled)
        return {
            "OTIO_SCHEMA": "ExternalReference.1",
            "name": reel.name,
            "target_url": reel.name if self.random.random() < 0.95 else f"gone-{reel.name}",
            "available_range": available,
            "metadata": {},
        }

    def _title(self, name: str) -> Json:
        reference: Json = {"OTIO_SCHEMA": "GeneratorReference.1", "name": "t", "generator_kind": "Text"}
        reference |= {"parameters": {}, "available_range": None, "metadata": {}}
        made = clip(name, self._whole(0, self.random.randint(5, 60)), reference)
        made["markers"] = [self._mark(0, 5, self.rate)] if self._rarely(3) else []
        return made

    def _offline(self, name: str) -> Json:
        """Picture that is nowhere: a file without a path, or pictures by number."""
        missing: Json = {"OTIO_SCHEMA": "MissingReference.1", "name": "A.mov", "available_range": None, "metadata": {}}
        run: Json = {
            "OTIO_SCHEMA": "ImageSequenceReference.1",
            "name": "",
            "target_url_base": "nowhere/",
            "name_prefix": "a.",
        }
        run |= {"name_suffix": ".exr", "start_frame": 1, "frame_step": 1, "rate": self.rate, "frame_zero_padding": 4}
        run |= {"missing_frame_policy": "error", "available_range": self._whole(0, 50), "metadata": {}}
        made = clip(name, self._whole(0, self.random.randint(5, 40)), self.random.choice((missing, run)))
        made["markers"] = [self._mark(0, 5, self.rate)] if self._rarely(2) else []
        return made

    def _gap(self) -> Json:
        made: Json = {"OTIO_SCHEMA": "Gap.1", "name": "", "effects": [], "markers": []}
        made["source_range"] = self._whole(0, self.random.randint(1, 40))
        return made

    def _fade(self) -> Json:
        offsets = [time(self.random.randint(0, 4), self.rate) for _ in range(2)]
        return {
            "OTIO_SCHEMA": "Transition.1",
            "name": "",
            "transition_type": "SMPTE_Dissolve",
            "in_offset": offsets[0],
            "out_offset": offsets[1],
        }

    def _mark(self, start: float, length: float, rate: float) -> Json:
        """On an item of that range, beginning inside of it."""
        offset = self.random.randint(0, max(0, int(length) - 1))
        return self._marker(span(start + offset, self.random.choice((0, 1, 2, 5, 12)), rate))

    def _record_mark(self) -> Json:
        return self._marker(span(self.random.randint(0, 100), self.random.choice((1, 2, 6, 20, 80)), self.rate))

    def _marker(self, marked: Json) -> Json:
        self.marks += 1
        return {
            "OTIO_SCHEMA": "Marker.2",
            "name": f"RP: {self.random.choice(_EMOTIONS)}{self.random.choice(_VOICES)}; note: mark {self.marks}",
            "color": "RED",
            "marked_range": marked,
            "metadata": {},
        }

    def _whole(self, start: int, length: int) -> Json:
        return span(start, length, self.rate)

    def _few(self) -> int:
        return self.random.choice((0, 0, 1, 1, 1, 2))

    def _rarely(self, odds: int) -> bool:
        return self.random.randint(1, odds) == odds

    def _maybe_off(self, made: Json) -> Json:
        made["enabled"] = not self._rarely(16)
        return made


def clip(name: str, source: Json, reference: Json | None) -> Json:
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": name,
        "source_range": source,
        "effects": [],
        "markers": [],
        "media_references": {"DEFAULT_MEDIA": reference},
        "active_media_reference_key": "DEFAULT_MEDIA",
        "metadata": {},
    }


def warp(speed: float) -> Json:
    return {"OTIO_SCHEMA": "LinearTimeWarp.1", "name": "", "effect_name": "", "time_scalar": speed, "metadata": {}}


def _single_fades(children: list[Json]) -> list[Json]:
    """No two in a row, and none at an end: OTIO's own functions do not agree on those."""
    kept: list[Json] = []
    for child in children:
        if child["OTIO_SCHEMA"] == "Transition.1" and (not kept or kept[-1]["OTIO_SCHEMA"] == "Transition.1"):
            continue
        kept.append(child)
    while kept and kept[-1]["OTIO_SCHEMA"] == "Transition.1":
        kept.pop()
    return kept


def tree(random: Random, *, retimed: bool = True) -> Json:
    """A timeline."""
    return Making(random, retimed=retimed).timeline()
