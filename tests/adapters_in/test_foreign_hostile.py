"""Timelines of other formats that would harm: refused, in bounded time and memory, by the content and not the ending."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapters_in.foreign_cuts import clipitem, edit_list, final_cut, premiere
from reperform.errors import TimelineError
from reperform.timeline.adapters import FORMATS, recognise
from reperform.timeline.adapters.converting import convert
from reperform.timeline.adapters.xml_tree import DEEPEST, parse
from reperform.timeline.reading import read
from reperform.timing import Rate

ENTITIES = (
    b"""<?xml version="1.0"?><!DOCTYPE fcpxml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><fcpxml>&b;</fcpxml>"""
)
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE fcpxml [<!ENTITY a SYSTEM "file:///etc/passwd">]><fcpxml>&a;</fcpxml>"""
EVENT = "001  A001  V  C  01:00:10:00 01:00:12:00 10:00:00:00 10:00:02:00"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param(ENTITIES, "declares XML entities", id="entities"),
        pytest.param(OUTSIDE, "declares XML entities", id="a file from outside"),
        pytest.param(b"<fcpxml>" + b"<a>" * DEEPEST + b"</a>" * DEEPEST + b"</fcpxml>", "levels deep", id="too deep"),
        pytest.param(b"<fcpxml><a></fcpxml>", "not complete XML: line 1", id="not well-formed"),
        pytest.param(b"<fcpxml>", "not complete XML", id="cut off"),
        pytest.param(b"<?xml version='1.0' encoding='UTF-9'?><fcpxml/>", "an encoding", id="an unknown encoding"),
        pytest.param(b"<fcpxml>\x00</fcpxml>", "not complete XML", id="a null byte"),
    ],
)
def test_harmful_xml_is_refused(document: bytes, message: str) -> None:
    """No entity is expanded, nothing outside the file is read, and depth is bounded."""
    with pytest.raises(TimelineError, match=message) as caught:
        parse(document, "cut.fcpxml")
    assert caught.value.fix


def test_fifty_thousand_levels_are_refused_at_once() -> None:
    """Before a tree is made of them."""
    with pytest.raises(TimelineError, match="levels deep"):
        parse(b"<xmeml>" + b"<a>" * 50_000, "cut.xml")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        pytest.param(final_cut(""), "fcpxml", id="FCPXML"),
        pytest.param(b"\xef\xbb\xbf" + final_cut(""), "fcpxml", id="FCPXML with a byte order mark"),
        pytest.param(final_cut("").decode().encode("utf-16"), "fcpxml", id="FCPXML in UTF-16"),
        pytest.param(premiere(""), "fcp7", id="Final Cut Pro 7 XML"),
        pytest.param(edit_list(EVENT), "edl", id="EDL"),
        pytest.param(f"* a comment\nFCM: NON-DROP FRAME\n{EVENT}\n".encode(), "edl", id="EDL without a title"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "aaf", id="AAF"),
        pytest.param(b"Heading\nFIELD_DELIM\tTABS\n", "ale", id="ALE"),
        pytest.param(b"<html>", None, id="XML of another kind"),
        pytest.param(b"1 2 3 a list of something", None, id="text"),
        pytest.param(b'{"OTIO_SCHEMA": "Timeline.1"}', None, id="OpenTimelineIO"),
    ],
)
def test_a_format_is_known_by_its_content(head: bytes, kind: str | None) -> None:
    """Endings are often wrong: Resolve's XML and Premiere's both end in .xml."""
    found = recognise(head[:4096])
    assert kind == (found.kind if found else None)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("cut.aaf", b"\xd0\xcf\x11\xe0" + b"\0" * 4000, "cannot be read as AAF", id="AAF of nothing"),
        pytest.param("cut.ale", b"Heading\nFPS\t25\n", "a list of media, not a timeline", id="ALE as a timeline"),
        pytest.param("cut.otio", OUTSIDE, "declares XML entities", id="XML under another ending"),
    ],
)
def test_a_damaged_file_is_refused_with_a_way_out(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """Whatever its reader raises, prints or does."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(TimelineError, match=message) as caught:
        read(path)
    assert caught.value.fix


def test_an_aaf_cut_off_on_its_way_is_refused(tmp_path: Path) -> None:
    """A structured file whose tables point past its end."""
    aaf2 = pytest.importorskip("aaf2", reason="needs reperform[aaf]")
    path = tmp_path / "cut.aaf"
    with aaf2.open(str(path), "w") as file:
        file.content.mobs.append(file.create.CompositionMob("cut"))
    path.write_bytes(path.read_bytes()[:6000])
    with pytest.raises(TimelineError, match="cannot be read as AAF"):
        read(path)


def test_a_reader_that_hangs_is_ended(tmp_path: Path) -> None:
    """A list that is a pipe without a writer never ends to be read."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("needs named pipes")
    path = tmp_path / "cut.edl"
    os.mkfifo(path)
    with pytest.raises(TimelineError, match="took more than 1 seconds"):
        convert(path, FORMATS["edl"], rate=Rate(25), seconds=1)


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    """A sparse file of a gigabyte takes no time to refuse."""
    path = tmp_path / "cut.edl"
    path.write_bytes(edit_list(EVENT))
    with path.open("r+b") as file:
        file.truncate(1 << 30)
    with pytest.raises(TimelineError, match="the most that is read of EDL"):
        read(path, rate=Rate(25))


def test_a_bundle_of_final_cut_is_a_folder(tmp_path: Path) -> None:
    """`.fcpxmld`: the timeline is Info.fcpxml in it, and media lie beside that."""
    bundle = tmp_path / "cut.fcpxmld"
    bundle.mkdir()
    item = '<asset-clip ref="a1" name="A001" offset="0s" start="10s" duration="4s"/>'
    (bundle / "Info.fcpxml").write_bytes(final_cut(item))
    cut = read(bundle)
    assert ("fcpx", "fcpxml", bundle) == (cut.dialect.name, cut.written_as, cut.media_folder)


def test_each_format_goes_through_the_whole_reading(tmp_path: Path) -> None:
    """By its own process, with its own dialect."""
    path = tmp_path / "cut.xml"
    path.write_bytes(premiere(clipitem(0, 10, 0)))
    cut = read(path)
    assert ("fcp7", "fcp7", "cut", Rate(25)) == (cut.dialect.name, cut.written_as, cut.name, cut.rate)


@pytest.fixture
def without_aaf(tmp_path: Path) -> dict[str, str]:
    """An environment in which the package that AAF needs is not there."""
    package = tmp_path / "hidden" / "aaf2"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('No module named aaf2')\n")
    return {**os.environ, "PYTHONPATH": str(package.parent)}


def test_what_is_not_installed_is_named(tmp_path: Path, without_aaf: dict[str, str]) -> None:
    """With the words that install it; no traceback, and a status of 2."""
    path = tmp_path / "cut.aaf"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 4000)
    run = [sys.executable, "-m", "reperform", "plan", str(path)]
    done = subprocess.run(run, env=without_aaf, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert (2, True, True) == (
        done.returncode,
        'pip install "reperform[aaf]"' in done.stderr,
        "not installed" in done.stderr,
    )
    assert "Traceback" not in done.stderr
