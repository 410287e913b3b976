"""Every fuzzed input by its number: the same seed and number make the same bytes, on any machine that has the same files."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from adapters_in.foreign_cuts import clipitem, edit_list, final_cut, premiere
from editors_in.forms import FORMS
from fuzzing.corrupting import spoil_bytes, spoil_tree, written
from fuzzing.trees import Json, tree
from shared import SHARED

__all__ = ["KINDS", "Case", "case"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One input."""

    number: int
    kind: str
    name: str
    """Of its file."""
    content: bytes
    cut: Json | None = None
    """What a valid timeline says, for the second opinion; None for what is spoiled."""


def case(seed: int, number: int) -> Case:
    """The input of that number."""
    random = Random(f"{seed}:{number}")
    kind = random.choices(list(KINDS), [weight for weight, _ in KINDS.values()])[0]
    return KINDS[kind][1](number, kind, random)


def _valid(number: int, kind: str, random: Random) -> Case:
    cut = tree(random)
    return Case(number=number, kind=kind, name="cut.otio", content=written(cut), cut=cut)


def _spoiled(number: int, kind: str, random: Random) -> Case:
    return Case(number=number, kind=kind, name="cut.otio", content=written(spoil_tree(tree(random), random)))


def _form(number: int, kind: str, random: Random) -> Case:
    return Case(number=number, kind=kind, name="cut.otio", content=written(spoil_tree(random.choice(_forms()), random)))


def _bytes(number: int, kind: str, random: Random) -> Case:
    content = written(random.choice(_forms())) if random.random() < 0.5 else written(tree(random))
    return Case(number=number, kind=kind, name="cut.otio", content=spoil_bytes(content, random))


def _real(number: int, kind: str, random: Random) -> Case:
    """A file that an editor wrote, where there is one; with a mark on everything."""
    trees = _real_trees() or _forms()
    cut = _marked(json.loads(json.dumps(random.choice(trees))), random)
    content = written(spoil_tree(cut, random))
    return Case(number=number, kind=kind, name="cut.otio", content=content)


def _foreign(number: int, kind: str, random: Random) -> Case:
    name, content = random.choice(_foreign_files())
    return Case(number=number, kind=kind, name=name, content=spoil_bytes(content, random))


def _avid(number: int, kind: str, random: Random) -> Case:
    files = _aafs() or _foreign_files()
    name, content = random.choice(files)
    return Case(number=number, kind=kind, name=name, content=spoil_bytes(content, random))


def _marked(cut: Any, random: Random) -> Any:
    """RP marks in place of the words of its markers, and a mark on some of its clips."""
    waiting = [cut]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if str(item.get("OTIO_SCHEMA")).startswith("Marker"):
                item["name"] = "RP: angry"
            if str(item.get("OTIO_SCHEMA")).startswith("Clip") and item.get("source_range") and random.random() < 0.3:
                item.setdefault("markers", []).append(_mark_at(item["source_range"]["start_time"]))
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return cut


def _mark_at(start: Any) -> Json:
    length = {**start, "value": 3}
    return {
        "OTIO_SCHEMA": "Marker.2",
        "name": "RP: sad",
        "marked_range": {"OTIO_SCHEMA": "TimeRange.1", "start_time": start, "duration": length},
    }


@cache
def _forms() -> list[Json]:
    return [json.loads(form.made().to_json_string()) for form in FORMS]


@cache
def _real_trees() -> list[Json]:
    found = sorted((SHARED / "timelines").glob("*/*.otio")) + sorted((SHARED / "timelines").glob("*/*.json"))
    return [json.loads(path.read_bytes()) for path in found if path.stat().st_size < 70_000]


_STORY = """<asset-clip ref="a1" name="A001" offset="0s" start="10s" duration="4s">
<timeMap><timept time="0s" value="0s" interp="smooth2"/><timept time="100s" value="200s" interp="smooth2"/></timeMap>
<marker start="11s" duration="1/25s" value="RP: angry"/></asset-clip><gap offset="4s" duration="1s"><clip lane="1" offset="0s"
name="x" duration="1s"><video ref="a2" offset="0s" start="3600s" duration="10s"/></clip></gap><audition offset="5s"
duration="2s"><asset-clip ref="a2" name="A002" offset="5s" start="3610s" duration="2s"><conform-rate srcFrameRate="23.98"/>
<adjust-volume amount="-3dB"/></asset-clip><asset-clip ref="a1" name="other" start="1s" duration="2s"/></audition>
<transition offset="6s" duration="1s" name="x"/><ref-clip ref="m1" offset="7s" duration="1s"/><title ref="t1" offset="8s"
duration="1s"/><mc-clip ref="m1" offset="9s" duration="1s"><mc-source angleID="a" srcEnable="video"/></mc-clip>"""
_EVENTS = (
    "FCM: NON-DROP FRAME",
    "001  A001     V     C        01:00:10:00 01:00:12:00 10:00:00:00 10:00:02:00",
    "M2   A001     050.0          01:00:10:00",
    "* FROM CLIP NAME: A001.mov",
    "* LOC: 10:00:01:00 RED     RP: angry",
    "002  AX       AA/V  D    024 00:00:00:00 00:00:01:00 10:00:02:00 10:00:03:00",
    "003  BL       V     K B      00:00:00:00 00:00:01:00 10:00:03:00 10:00:04:00",
)


@cache
def _foreign_files() -> list[tuple[str, bytes]]:
    marker = "<marker><name>RP: angry</name><in>5</in><out>8</out><comment>sad</comment></marker>"
    made = [
        ("cut.fcpxml", final_cut(_STORY)),
        ("cut.xml", premiere(clipitem(0, 50, 10, marker) + clipitem(60, 90, 0, last=60))),
        ("cut.edl", edit_list(*_EVENTS)),
    ]
    real = [
        (path.name, path.read_bytes())
        for pattern in ("*/*.xml", "*/*.fcpxml", "*/*.edl")
        for path in sorted((SHARED / "timelines").glob(pattern))
    ]
    return made + [each for each in real if len(each[1]) < 60_000]


@cache
def _aafs() -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in sorted((SHARED / "timelines").glob("*/*.aaf"))]


KINDS: dict[str, tuple[float, Callable[[int, str, Random], Case]]] = {
    "valid": (40, _valid),
    "spoiled": (25, _spoiled),
    "look-alike": (12, _form),
    "real": (6, _real),
    "bytes": (8, _bytes),
    "foreign": (9, _foreign),
    "aaf": (0.05, _avid),
}
"""How often, and how."""
