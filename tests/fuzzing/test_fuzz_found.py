"""What fuzzing found, each as the smallest input that showed it."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import opentimelineio as otio
import pytest

import marked
from editors_in.forms import FORMS
from fuzzing.trees import tree
from reperform.errors import SettingsError, TimelineError
from reperform.planning import boxes
from reperform.timeline import timeline_file
from reperform.timeline.index import build
from reperform.timeline.reading import read
from reperform.timeline.scanning import MOST_OBJECTS, MOST_VALUES, Scan, in_blocks
from reperform.timeline.vetting import MOST_VETTED, refuse_fatal
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


@pytest.fixture(params=["of any size", "of more than a megabyte"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A large file is outlined, and looked through only where that is odd; here small ones are dealt with so, too."""
    if request.param != "of any size":
        monkeypatch.setattr(timeline_file, "MOST_VETTED", 0)
    return str(request.param)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_").replace("_", " "))
def test_an_object_that_otio_drops_while_it_reads_never_reaches_it(tmp_path: Path, way: Any, size: str) -> None:
    """OTIO 0.18 follows a pointer to it after it is gone: segmentation fault, or an abort."""
    cut = _cut()
    way(cut)
    _refused(tmp_path / "cut.otio", json.dumps(cut), "would crash OpenTimelineIO")


@pytest.mark.parametrize("version", ["0", "01", " 1", "1x", "-4", "+1"])
def test_an_old_schema_is_told_as_otio_tells_it(tmp_path: Path, version: str, size: str) -> None:
    """It reads whatever begins with a number as a version, and ends the process on each of these."""
    cut = _cut()
    _clip(cut)["OTIO_SCHEMA"] = f"Clip.{version}"
    _refused(tmp_path / "cut.otio", json.dumps(cut), "would crash OpenTimelineIO")


@pytest.mark.parametrize("first", ["{}", "null", '"x"'])
def test_a_field_that_stands_twice_with_an_object_in_the_second(tmp_path: Path, first: str, size: str) -> None:
    """OTIO keeps the first and drops the second while it reads."""
    text = json.dumps(_cut())
    twice = text.replace('"media_references": {', f'"media_references": {first}, "media_references": {{', 1)
    assert twice != text
    _refused(tmp_path / "cut.otio", twice, "twice")


def test_a_schema_spelled_with_escapes_is_that_schema(tmp_path: Path, size: str) -> None:
    """What a search of the bytes for a word would not find."""
    cut = _cut()
    _unknown_schema(cut)
    escaped = json.dumps(cut).replace("UnknownSchema", "Unknown\\u0053chema")
    _refused(tmp_path / "cut.otio", escaped, "would crash OpenTimelineIO")


def test_a_field_in_another_block_than_its_namesake_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the bytes of a large file are cut into blocks."""
    monkeypatch.setattr(timeline_file, "MOST_VETTED", 0)
    monkeypatch.setattr(timeline_file, "BLOCK", 40)
    text = json.dumps(_cut())[:-1] + ', "tracks": {"OTIO_SCHEMA": "Stack.1", "children": []}}'
    _refused(tmp_path / "cut.otio", text, "the field “tracks” twice")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_what_editors_write_is_not_odd(form: Any) -> None:
    """Else a large cut would be read twice."""
    scan = Scan("cut")
    scan.feed(form.made().to_json_string().encode())
    scan.finish()
    assert not scan.is_odd


def test_what_would_be_refused_is_odd() -> None:
    """An outline may cry wolf, and never keep silent."""
    refused = 0
    for number in range(120):
        random = Random(f"outline:{number}")
        cut = _with_an_object_more(tree(random), random)
        text = json.dumps(cut, indent=random.choice((None, 4)), separators=random.choice(SEPARATORS))
        content = _respelled(text, random).encode()
        scan = Scan("cut")
        for block in in_blocks(content, most=random.choice((300, 5000, 100_000))):
            scan.feed(block)
        scan.finish()
        try:
            refuse_fatal(content, "cut")
        except TimelineError as error:
            if "not JSON" in error.message:
                continue
            refused += 1
            assert scan.is_odd, number
    assert refused > 30


SEPARATORS = (None, (",", ":"), (" ,", "  :\n"))
WORDS = re.compile(
    r'"(OTIO_SCHEMA|RationalTime\.1|TimeRange\.1|Clip\.2|Marker\.2|markers|effects|media_references|Effect\.1)"'
)


def _respelled(text: str, random: Random) -> str:
    """With up to three words as escapes, as others, or with letters more."""
    for _ in range(random.randrange(4)):
        found = random.choice([*WORDS.finditer(text)])
        word, place = found[1], random.randrange(len(found[1]))
        escaped = f"{word[:place]}\\u{ord(word[place]):04x}{word[place + 1 :]}"
        longer = f"{word[:place]}{random.choice(' 1.+-0x')}{word[place:]}"
        other = random.choice(("RationalTime.1", "Clip.1", "Marker.1", "Rational1Time.1", "RationalTime.1x", "effects"))
        text = f'{text[: found.start()]}"{random.choice((escaped, longer, other))}"{text[found.end() :]}'
    return text


def _with_an_object_more(cut: Json, random: Random) -> Json:
    """In a place where there may be none."""
    holders = [cut]
    for holder in holders:
        holders += [value for value in holder.values() if isinstance(value, dict)]
        holders += [item for value in holder.values() if isinstance(value, list) for item in value]
    more: Any = random.choice((EFFECT, [EFFECT], {"a": [EFFECT]}, {"a": {}}, None))
    random.choice(holders)[random.choice(("effects", "x", "media_references"))] = more
    return cut


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


def test_a_rate_that_is_next_to_nothing_is_none(tmp_path: Path) -> None:
    """It ended with a ZeroDivisionError: as a fraction it is zero."""
    cut = _cut()
    cut["global_start_time"] = {**TIME, "rate": 1e-300}
    path = tmp_path / "cut.otio"
    path.write_text(json.dumps(cut))
    assert (read(path).rate, read(path).start_frame) == (Fraction(24), 0)


@pytest.mark.parametrize("parent", ["a stack", "a track"])
def test_something_in_place_of_a_clip_is_refused_by_name(tmp_path: Path, parent: str) -> None:
    """OTIO reads a bare Composable anywhere, and it has neither a length nor a switch."""
    cut = _cut()
    holder = cut["tracks"] if parent == "a stack" else cut["tracks"]["children"][0]
    holder["children"].append({"OTIO_SCHEMA": "Composable.1", "name": "what", "metadata": {}})
    path = tmp_path / "cut.otio"
    path.write_text(json.dumps(cut))
    with pytest.raises(TimelineError, match=r"“what” on V\d has no length") as caught:
        build(read(path))
    assert caught.value.fix


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no such device")
def test_a_device_is_no_list_of_boxes() -> None:
    """`boxes: /dev/stdin` waited for ever, and /dev/zero has no end."""
    with pytest.raises(SettingsError, match="is no file"):
        boxes.read(Path("/dev/zero"), frames=3)


def test_a_retimed_clip_of_which_a_hair_is_seen_is_refused_by_name(tmp_path: Path) -> None:
    """Less than a hundredth of a frame is no frame: it ended with an IndexError."""
    fast = clip("fast", 0, 10, speed=2.0, marks=((0, 10),))
    made = timeline(track(stack(track(fast, clip("next", 0, 10)), trim=span(9.995, 5))), start=0)
    path = tmp_path / "cut.otio"
    otio.adapters.write_to_file(made, str(path))
    found = marked.find(build(read(path)))
    assert (found.shots, marked.said(found)) == ((), ["fast is seen for less than a frame"])
