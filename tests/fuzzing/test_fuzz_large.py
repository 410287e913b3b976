"""Files of 200 MB and paths without end: refused, or read, in bounded time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reperform.errors import TimelineError
from reperform.settings import load
from reperform.timeline import archives
from reperform.timeline.reading import read
from reperform.workflow import make_plan
from timeline_in.cutting import clip, timeline, track

MB = 1 << 20
_CHILD = """
import json, resource, sys, time
from pathlib import Path
memory, seconds, path = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
from reperform.errors import InputError
from reperform.settings import load
from reperform.workflow import make_plan
try:
    made = make_plan(path, load({}, beside=path).settings)
    print(json.dumps({"shots": len(made.plan.shots), "ignored": len(made.plan.ignored_markers)}))
except InputError as error:
    print(json.dumps({"message": error.message, "fix": error.fix}))
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of memory are set as POSIX does it")


@dataclass(frozen=True)
class Bound:
    """What planning one file may take."""

    memory: int = 2048 * MB
    seconds: int = 60

    def plan(self, path: Path) -> dict[str, Any]:
        command = [sys.executable, "-c", _CHILD, str(self.memory), str(self.seconds), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10 * self.seconds)
        assert (done.returncode, done.stderr) == (0, "")
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def _text() -> str:
    return str(timeline(track(clip("a", marks=((2, 3),)))).to_json_string())


LARGE: dict[str, tuple[tuple[bytes, bytes, int, bytes], str]] = {
    "spaces": ((b"", b" ", 200 * MB, b""), "is empty"),
    "opening brackets": ((b"", b"[", 200 * MB, b""), "levels deep"),
    "empty lists": ((b"[", b"[],", 66 * MB, b"[]]"), "which no cut needs"),
    "backslashes in a string": ((b'["', b"\\", 200 * MB, b'"]'), "holds no timeline"),
    "a quote without an end": ((b'{"OTIO_SCHEMA": "', b"x", 200 * MB, b""), "brackets do not match"),
}
"""Beginning, what is repeated, how often, end; and what is said of it."""


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_two_hundred_megabytes_of_nothing_are_refused_in_bounded_memory(tmp_path: Path, name: str) -> None:
    """With a word that says why."""
    (beginning, again, times, end), message = LARGE[name]
    path = tmp_path / "cut.otio"
    path.write_bytes(beginning + again * times + end)
    assert message in Bound().plan(path)["message"]


@pytest.mark.slow
def test_a_timeline_of_two_hundred_megabytes_is_read(tmp_path: Path) -> None:
    """20,000 clips; the media of their marks is nowhere, and each is refused by name."""
    path = tmp_path / "cut.otio"
    note = "x" * 9500
    made = json.loads(_text())
    clips = made["tracks"]["children"][0]["children"]
    clips[0]["metadata"] = {"log": note}
    made["tracks"]["children"][0]["children"] = clips * 20_000
    path.write_text(json.dumps(made))
    assert path.stat().st_size > 190 * MB
    assert Bound(memory=4096 * MB, seconds=120).plan(path) == {"shots": 0, "ignored": 0}


@pytest.mark.slow
def test_an_archive_that_unpacks_to_a_gigabyte_is_refused_by_its_size(tmp_path: Path) -> None:
    """A megabyte of it."""
    path = tmp_path / "cut.otioz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("content.otio", "w") as file:
        for _ in range(1025):
            file.write(b" " * MB)
    assert path.stat().st_size < 2 * MB
    assert "are the most read" in Bound(memory=1024 * MB).plan(path)["message"]


@pytest.mark.slow
def test_a_megabyte_that_unpacks_to_900_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """It took 2.7 GB of memory to refuse it."""
    path = tmp_path / "cut.otioz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("content.otio", "w") as file:
        for _ in range(900):
            file.write(b" " * MB)
    assert "which no cut does" in Bound(memory=1024 * MB).plan(path)["message"]


def test_an_archive_packed_closer_than_any_cut_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what it says of itself, and only where it is long."""
    path = tmp_path / "cut.otioz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.otio", _text() + " " * 2_000_000)
    assert read(path).name == "cut"
    monkeypatch.setattr(archives, "LONG", MB)
    with pytest.raises(TimelineError, match="which no cut does"):
        read(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_with_spoiled_bytes_is_refused(tmp_path: Path, method: int) -> None:
    """Each way of packing has an error of its own."""
    path = tmp_path / "cut.otioz"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("content.otio", _text() * 20)
    raw = bytearray(path.read_bytes())
    raw[60:90] = b"\xff" * 30
    path.write_bytes(raw)
    with pytest.raises(TimelineError, match="cannot be unpacked"):
        read(path)


def test_an_archive_that_lies_about_a_length_is_refused(tmp_path: Path) -> None:
    """Not more than it says is unpacked."""
    path = tmp_path / "cut.otioz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.otio", _text() + " " * 5_000_000)
    raw = bytearray(path.read_bytes())
    entry = raw.rfind(b"PK\x01\x02")
    raw[entry + 24 : entry + 28] = len(_text()).to_bytes(4, "little")
    path.write_bytes(raw)
    with pytest.raises(TimelineError, match="cannot be unpacked"):
        read(path)


def _link_to_itself(folder: Path) -> Path:
    path = folder / "cut.otio"
    path.symlink_to(path)
    return path


def _links_to_each_other(folder: Path) -> Path:
    bundle = folder / "cut.otiod"
    bundle.mkdir()
    (bundle / "content.otio").symlink_to(bundle / "other")
    (bundle / "other").symlink_to(bundle / "content.otio")
    return bundle


def _folder_in_itself(folder: Path) -> Path:
    (folder / "media").symlink_to(folder, target_is_directory=True)
    path = folder / "cut.otio"
    path.write_text(_text().replace("/media/A001.mov", "media/" * 60 + "A001.mov"))
    return path


@pytest.mark.parametrize(
    "made", [_link_to_itself, _links_to_each_other], ids=["a link to itself", "two links to each other"]
)
def test_a_link_without_end_is_no_timeline(tmp_path: Path, made: Any) -> None:
    """Refused with a way out."""
    with pytest.raises(TimelineError) as caught:
        read(made(tmp_path))
    assert caught.value.fix


def test_media_behind_folders_without_end_is_nowhere(tmp_path: Path) -> None:
    """It is a problem of its shot, with a search through those folders as without."""
    path = _folder_in_itself(tmp_path)
    for roots in ((), (tmp_path,)):
        made = make_plan(path, load({"media_root": roots}, beside=path).settings)
        assert [problem.severity for problem in made.plan.problems] == ["error"]
