"""`reperform check`: the takes of a timeline looked at again, from what the ledger knows of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import conforms
from whole.command_kit import call
from whole.scene import QUICK, Scene


def test_takes_are_checked_again_with_a_page(scene: Scene) -> None:
    """The same verdicts as when they were made, as JSON and on a page with the frames at the ends of the cues."""
    page = scene.folder / "checks.html"
    ran = call("check", scene.out, "--json", "-o", page)
    document = ran.json
    assert (ran.status, document["version"], len(document["takes"])) == (0, 1, 2)
    made = call("run", scene.timeline, "-o", scene.out, "--json", *QUICK).json["takes"]
    assert [take["checks"] for take in document["takes"]] == [take["checks"] for take in made]
    html = page.read_text(encoding="utf-8")
    assert (html.count("first of the cue"), "<script" in html, "http" in html.split("</style>")[1]) == (2, False, False)


def test_a_take_that_was_harmed_since_fails_and_says_so(scene: Scene) -> None:
    """On the terminal, with status 1; with --keep the next run leaves it out."""
    take = next((scene.project / "takes").glob("B001*"))
    data = bytearray(take.read_bytes())
    start = data.find(conforms.packets(take)[2])
    data[start + 300 : start + 500] = bytes(200)
    take.write_bytes(data)
    ran = call("check", scene.out, "--keep")
    assert (ran.status, "failed: not put in" in ran.out) == (1, True)
    document = call("run", scene.timeline, "-o", scene.out, "--json", *QUICK).json
    standing = [take for take in document["chosen"].values() if take and take.startswith("B001")]
    assert standing == []


def test_thresholds_are_those_of_now(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A take is judged by the settings in force, not by those that it was made with."""
    monkeypatch.setenv("REPERFORM_CHECKS", "psnr=98")
    ran = call("check", scene.out, "--json")
    failed = {check["name"] for take in ran.json["takes"] for check in take["checks"] if not check["passed"]}
    assert (ran.status, failed, ran.json["thresholds"]["psnr"]) == (1, {"picture outside"}, 98)


def test_a_take_whose_file_is_gone_is_named(scene: Scene) -> None:
    """The others are checked."""
    next((scene.project / "takes").glob("A001*")).unlink()
    ran = call("check", scene.out, "--json")
    (problem,) = ran.json["problems"]
    assert (ran.status, len(ran.json["takes"]), problem["where"]["clip"]) == (1, 1, "A001")
    assert "run the timeline again" in problem["fix"]


def test_a_timeline_without_takes_is_refused(scene: Scene, tmp_path: Path) -> None:
    """With the way out."""
    ran = call("check", scene.timeline, "--json")
    assert (ran.status, "holds no takes" in json.dumps(ran.json)) == (2, True)
