"""What fuzzing found, each as the smallest input that showed it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

import marked
from reperform.errors import TimelineError
from reperform.timeline.index import build
from reperform.timeline.reading import read
from reperform.timeline.scanning import MOST_OBJECTS, MOST_VALUES
from reperform.timeline.vetting import MOST_VETTED
from timeline_in.cutting import clip, span, stack, timeline, track

Json = dict[str, Any]

EFFECT = {"OTIO_SCHEMA": "Effect.1", "name": "", "effect_name": "", "metadata": {}}
TIME = {"OTIO_SCHEMA": "RationalTime.1", "rate": 24.0, "value": 1.0}


def _cut() -> Json:
    found: Json = json.loads(timeline(track(clip("a", marks=((2, 3),)))).to_json_string())
    return found


def _clip(cut: Json) -> Json:
    found: Json = cut["tracks"]["children"][0]["children"][0]
    return found


def _in_a_time(cut: Json) -> None:
    _clip(cut)["source_range"]["duration"]["effects"] = [EFFECT]


def _in_a_range(cut: Json) -> None:
    _clip(cut)["source_range"]["note"] = {"of": EFFECT}


def _in_a_reference(cut: Json) -> None:
    cut["metadata"]["x"] = {"OTIO_SCHEMA": "SerializableObjectRef.1", "id": "y", "z": EFFECT}


def _unknown_schema(cut: Json) -> None:
    cut["metadata"]["x"] = {"OTIO_SCHEMA": "UnknownSchema.1"}


def _old_clip_with_new_media(cut: Json) -> None:
    _clip(cut)["OTIO_SCHEMA"] = "Clip.1"


def _old_marker_with_new_range(cut: Json) -> None:
    _clip(cut)["markers"][0] |= {"OTIO_SCHEMA": "Marker.1", "marked_range": EFFECT}


WAYS = [
    _in_a_time,
    _in_a_range,
    _in_a_reference,
    _unknown_schema,
    _old_clip_with_new_media,
    _old_marker_with_new_range,
]


def _refused(path: Path, content: str | bytes, match: str) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(TimelineError, match=match) as caught:
        read(path)
    assert caught.value.fix


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_").replace("_", " "))
def test_an_object_that_otio_drops_while_it_reads_never_reaches_it(tmp_path: Path, way: Any) -> None:
    """OTIO 0.18 follows a pointer to it after it is gone: segmentation fault, or an abort."""
    cut = _cut()
    way(cut)
    _refused(tmp_path / "cut.otio", json.dumps(cut), "would crash OpenTimelineIO")


def test_a_field_that_stands_twice_with_an_object_in_the_second(tmp_path: Path) -> None:
    """OTIO keeps the first and drops the second while it reads."""
    text = json.dumps(_cut())
    twice = text.replace('"media_references": {', '"media_references": {}, "media_references": {', 1)
    assert twice != text
    _refused(tmp_path / "cut.otio", twice, "twice")


def test_a_schema_spelled_with_escapes_is_that_schema(tmp_path: Path) -> None:
    """What a search of the bytes for a word would not find."""
    cut = _cut()
    _unknown_schema(cut)
    escaped = json.dumps(cut).replace("UnknownSchema", "Unknown\\u0053chema")
    _refused(tmp_path / "cut.otio", escaped, "would crash OpenTimelineIO")


def test_a_large_file_is_looked_through_where_the_word_stands_in_it(tmp_path: Path) -> None:
    """Beyond the size that is looked through whatever it holds."""
    cut = _cut()
    _unknown_schema(cut)
    _refused(tmp_path / "cut.otio", json.dumps(cut) + " " * MOST_VETTED, "would crash OpenTimelineIO")


def test_a_field_that_stands_twice_without_an_object_is_no_reason(tmp_path: Path) -> None:
    """OTIO reads it, so it is read."""
    path = tmp_path / "cut.otio"
    path.write_text(json.dumps(_cut()).replace('"OTIO_SCHEMA"', '"x": 1, "x": [2], "OTIO_SCHEMA"', 1))
    assert read(path).name == "cut"


def _reference(identity: str) -> Json:
    return {"OTIO_SCHEMA": "SerializableObjectRef.1", "id": identity}


def test_two_objects_that_contain_each_other_are_refused(tmp_path: Path) -> None:
    """Neither stands inside itself in the file; `run` ended with a traceback when it copied the timeline."""
    cut = _cut()
    cut["metadata"] = {
        "a": {**EFFECT, "OTIO_REF_ID": "A", "metadata": {"x": _reference("B")}},
        "b": {**EFFECT, "OTIO_REF_ID": "B", "metadata": {"x": _reference("A")}},
    }
    _refused(tmp_path / "cut.otio", json.dumps(cut), "contains itself")


def test_objects_that_double_with_each_level_are_refused(tmp_path: Path) -> None:
    """Forty levels are a trillion objects once the timeline is copied; `run` never came to an end."""
    inner: Json = {**EFFECT, "OTIO_REF_ID": "0"}
    for level in range(1, 40):
        inner = {**EFFECT, "OTIO_REF_ID": f"{level}", "metadata": {"a": inner, "b": _reference(f"{level - 1}")}}
    cut = _cut()
    cut["metadata"] = {"x": inner}
    _refused(tmp_path / "cut.otio", json.dumps(cut), "each counted wherever it is used")


def test_an_object_that_is_shown_twice_is_read(tmp_path: Path) -> None:
    """As OTIO writes it."""
    cut = _cut()
    _clip(cut)["markers"][0]["OTIO_REF_ID"] = "m"
    _clip(cut)["markers"].append(_reference("m"))
    path = tmp_path / "cut.otio"
    path.write_text(json.dumps(cut))
    assert [2, 2] == [mark.record_frame for mark in build(read(path)).markers]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"[" + b"{}," * (MOST_OBJECTS + 1) + b"1]", id="objects"),
        pytest.param(b"[" + b"1," * (MOST_VALUES + 1) + b"1]", id="numbers"),
    ],
)
def test_more_values_than_memory_holds_are_refused_before_they_are_read(tmp_path: Path, content: bytes) -> None:
    """200 MB of empty lists took OpenTimelineIO more than 4 GB."""
    _refused(tmp_path / "cut.otio", content, "which no cut needs")


def test_a_retimed_clip_of_which_a_hair_is_seen_is_refused_by_name(tmp_path: Path) -> None:
    """Less than a hundredth of a frame is no frame: it ended with an IndexError."""
    fast = clip("fast", 0, 10, speed=2.0, marks=((0, 10),))
    made = timeline(track(stack(track(fast, clip("next", 0, 10)), trim=span(9.995, 5))), start=0)
    path = tmp_path / "cut.otio"
    otio.adapters.write_to_file(made, str(path))
    found = marked.find(build(read(path)))
    assert (found.shots, marked.said(found)) == ((), ["fast is seen for less than a frame"])
