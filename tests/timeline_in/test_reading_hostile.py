"""Timelines are not trusted: what is broken, endless or unsafe is refused with a word, before it does harm."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reperform.errors import MediaRefused, TimelineError
from reperform.timeline.archives import unpack
from reperform.timeline.index import build
from reperform.timeline.reading import read
from reperform.timeline.scanning import DEEPEST, Scan
from reperform.timeline.timeline_file import LARGEST
from timeline_in.cutting import clip, timeline, track


def _text(item: Any) -> str:
    return str(otio.adapters.write_to_string(item, "otio_json"))


@pytest.mark.parametrize("depth", [201, 10_000, 50_000])
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(lambda depth: "[" * depth + "]" * depth, id="lists"),
        pytest.param(lambda depth: "[" * depth, id="lists without end"),
        pytest.param(lambda depth: '{"a":' * depth + "1" + "}" * depth, id="dictionaries"),
        pytest.param(lambda depth: '[{"a":"]"},' * depth + "1" + "]" * depth, id="lists between other things"),
    ],
)
def test_nesting_beyond_200_levels_never_reaches_opentimelineio(tmp_path: Path, depth: int, shape: Any) -> None:
    path = tmp_path / "deep.otio"
    path.write_text(shape(depth))
    with pytest.raises(TimelineError, match="levels deep"):
        read(path)


def test_stacks_in_stacks_are_refused_too(tmp_path: Path) -> None:
    inner = '{"OTIO_SCHEMA":"Stack.1","name":"s","children":['
    path = tmp_path / "deep.otio"
    path.write_text(inner * 10_000 + "]}" * 10_000)
    with pytest.raises(TimelineError, match="levels deep"):
        read(path)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('["' + "[" * 500 + '"]', id="brackets in a string"),
        pytest.param('["\\"' + "[" * 500 + '"]', id="after an escaped quote"),
        pytest.param('["\\\\",["a"],"' + "{" * 500 + '"]', id="after an escaped backslash"),
        pytest.param("[" * DEEPEST + "]" * DEEPEST, id="just deep enough"),
    ],
)
@pytest.mark.parametrize("block", [1, 2, 3, 7, 10_000])
def test_what_only_looks_deep_passes_however_it_is_cut_into_blocks(text: str, block: int) -> None:
    scan = Scan("fine.otio")
    content = text.encode()
    for start in range(0, len(content), block):
        scan.feed(content[start : start + block])
    assert scan.finish() == hashlib.sha256(content).hexdigest()


@given(text=st.text(alphabet='[]{}"\\a:,é', max_size=60), block=st.integers(1, 20))
def test_blocks_make_no_difference(text: str, block: int) -> None:
    def judged(size: int) -> str:
        scan = Scan("x", ("a:",))
        content = text.encode()
        try:
            for start in range(0, len(content), size):
                scan.feed(content[start : start + size])
            return f"{scan.finish()} {scan.found}"
        except TimelineError as error:
            return error.message

    assert judged(block) == judged(1000)


@given(value=st.recursive(st.text() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_every_json_document_passes(value: object) -> None:
    for ascii_only in (True, False):
        scan = Scan("x")
        for byte in json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"):
            scan.feed(bytes([byte]))
        scan.finish()


def test_a_word_across_two_blocks_is_found() -> None:
    scan = Scan("x", ("Resolve_OTIO", "fcp_xml"))
    for block in (b'{"Resol', b've_OTIO": 1}'):
        scan.feed(block)
    assert scan.found == {"Resolve_OTIO"}


@pytest.mark.parametrize("text", ["[[]", "[]]", '{"a":[}', '["a]'])
def test_a_file_that_was_cut_off_is_named_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "half.otio"
    path.write_text(text)
    with pytest.raises(TimelineError):
        read(path)


def test_a_stack_that_contains_itself_is_refused(tmp_path: Path) -> None:
    made = json.loads(_text(timeline(track(clip("a")))))
    made["tracks"]["OTIO_REF_ID"] = "again"
    made["tracks"]["children"] = [{"OTIO_SCHEMA": "SerializableObjectRef.1", "id": "again"}]
    path = tmp_path / "cycle.otio"
    path.write_text(json.dumps(made))
    with pytest.raises(TimelineError, match="contains itself"):
        read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"<?xml version='1.0'?><svg/>", "is an XML file of another kind", id="XML"),
        pytest.param(b"\x00\x00\x00 ftypqt", "is not OpenTimelineIO", id="a movie"),
        pytest.param(b"{}", "holds no timeline", id="no schema"),
        pytest.param(b'{"OTIO_SCHEMA": "Wonder.7"}', "holds no timeline", id="unknown schema"),
        pytest.param(b'{"OTIO_SCHEMA": "Timeline.1"}', "cannot read", id="nothing in it"),
        pytest.param(b'{"OTIO_SCHEMA": "Timeline.1", "tracks": null}', "", id="no tracks"),
        pytest.param(b'{"name": "\xff\xfe"}', "is not UTF-8", id="not UTF-8"),
        pytest.param(b'{"a": 1e999}', "cannot read", id="a number too large"),
        pytest.param(b"[1, 2", "brackets do not match", id="cut off"),
    ],
)
def test_what_is_no_timeline_is_refused_with_a_word(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "cut.otio"
    path.write_bytes(content)
    with pytest.raises(TimelineError) as caught:
        read(path)
    assert message in caught.value.message
    assert caught.value.fix


@pytest.mark.parametrize("name", ["missing.otio", "\0.otio", "x" * 5000])
def test_a_path_without_a_file_is_refused_with_a_word(tmp_path: Path, name: str) -> None:
    with pytest.raises(TimelineError):
        read(tmp_path / name)


def test_a_huge_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "huge.otio"
    with path.open("wb") as file:
        file.write(b"{")
        file.truncate(LARGEST + 1)
    with pytest.raises(TimelineError, match="are the most that is read"):
        read(path)


@pytest.mark.skipif(os.name == "nt", reason="no FIFOs")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cut.otio")
    with pytest.raises(TimelineError, match="is no file"):
        read(tmp_path / "cut.otio")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1.0"])
def test_an_item_without_a_length_is_named(tmp_path: Path, value: str) -> None:
    text = _text(timeline(track(clip("good", 0, 24), clip("bad", 0, 77.5))))
    path = tmp_path / "cut.otio"
    path.write_text(text.replace("77.5", value))
    with pytest.raises(TimelineError, match="“bad” on V1 has no length that can be read"):
        build(read(path))


def test_a_marker_without_a_time_stands_nowhere_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    path.write_text(_text(timeline(track(clip("a", marks=((5.5, 1),))))).replace("5.5", "NaN"))
    (marker,) = build(read(path)).markers
    assert (marker.record_start, marker.uncertain) == (None, "its time is none that can be read")


def _archive(folder: Path, *names: str, **attributes: int) -> Path:
    path = folder / "cut.otioz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.otio", _text(timeline(track(clip("a")))))
        for name in names:
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.external_attr = attributes.get("external_attr", 0)
            archive.writestr(info, "data")
    return path


@pytest.mark.parametrize(
    ("names", "message"),
    [
        pytest.param(("../evil.mov",), "leads out of the archive", id="parent folder"),
        pytest.param(("media/../../evil.mov",), "leads out of the archive", id="parent folder further down"),
        pytest.param(("/etc/evil.mov",), "absolute path", id="absolute"),
        pytest.param(("C:/evil.mov",), "absolute path", id="drive letter"),
        pytest.param(("\\\\host\\evil.mov",), "absolute path", id="network share"),
        pytest.param(("media\\..\\evil.mov",), "leads out of the archive", id="backslashes"),
        pytest.param(("media/a.mov", "media/A.MOV"), "is in it twice", id="two names for one file"),
        pytest.param(("media/a.mov:stream",), "means different files", id="a stream of a file"),
    ],
)
def test_names_in_an_archive_that_lead_elsewhere_are_refused(
    tmp_path: Path, names: tuple[str, ...], message: str
) -> None:
    with pytest.raises(TimelineError, match=message):
        read(_archive(tmp_path, *names))


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    path = _archive(tmp_path, "media/a.mov", external_attr=(stat.S_IFLNK | 0o777) << 16)
    with pytest.raises(TimelineError, match="is a link or a device"):
        read(path)


def test_an_archive_without_a_timeline_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.otioz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other.txt", "")
    with pytest.raises(TimelineError, match=r"without a content\.otio"):
        read(path)


@pytest.mark.parametrize("length", [10, 200, 400])
def test_a_damaged_archive_is_refused(tmp_path: Path, length: int) -> None:
    path = _archive(tmp_path, "media/a.mov")
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(TimelineError, match="cannot be unpacked"):
        read(path)


def test_one_file_of_an_archive_is_unpacked_and_no_other(tmp_path: Path) -> None:
    path = _archive(tmp_path, "media/a.mov", "media/b.mov")
    folder = tmp_path / "unpacked"
    unpacked = unpack(path, "media/a.mov", folder)
    assert unpacked == folder / "media/a.mov"
    assert unpacked.read_text() == "data"
    assert [file.name for file in folder.rglob("*") if file.is_file()] == ["a.mov"]
    assert unpack(path, "media/c.mov", folder) is None


@pytest.mark.parametrize("member", ["../a.mov", "/etc/passwd", "media/../../a.mov"])
def test_a_reference_cannot_lead_out_of_an_archive(tmp_path: Path, member: str) -> None:
    with pytest.raises(MediaRefused):
        unpack(_archive(tmp_path), member, tmp_path / "unpacked")
