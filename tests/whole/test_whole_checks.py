"""`reperform check`: the takes of a timeline looked at again, from what the ledger knows of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

import burned
import conforms
from whole import command_kit
from whole import cut_kit as cut
from whole.command_kit import call
from whole.cut_kit import Rushes
from whole.scene import QUICK, RATE, Scene


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


def _silent(folder: Path, *, backward: bool) -> Callable[[], otio.schema.Clip]:
    """Makes clips of a picture without sound, all alike, with a mark and a voice of its own."""
    path = burned.make_movie(folder / "C001.mov", rate=RATE, frames=60, channels=0, size=(160, 90), codec="mjpeg")
    burned.make_wave(folder / "voice.wav", samples=48000, start=1_000_000)
    burned.make_wave(folder / "wild.wav", samples=200_000, channels=2)

    def clip() -> otio.schema.Clip:
        made = cut.clip(Rushes(path, RATE, 60), 10, 30, marks=[("RP: angry; audio: voice.wav", 20, 10)])
        if backward:
            made.effects.append(otio.schema.LinearTimeWarp(time_scalar=-1.0))
        return made

    return clip


def _cut_of(folder: Path, *clips: otio.schema.Clip) -> Path:
    """The first clip has sound beside it, the others have none."""
    beside = cut.guide(folder / "wild.wav", Fraction(0), Fraction(30) / RATE, RATE)
    made = cut.timeline(cut.track(*clips), cut.track(beside, name="A1", audio=True), rate=RATE)
    return cut.save(made, folder / "silent.otio")


@pytest.mark.parametrize("backward", [False, True], ids=["on the media's clock", "backward, on the record's clock"])
def test_clips_that_share_a_result_are_checked_with_their_own_sound(tmp_path: Path, backward: bool) -> None:
    """Each take by the sound that it was made with, whichever of the clips was performed."""
    clip, out = _silent(tmp_path, backward=backward), tmp_path / "silent_RP.otio"
    command_kit.run(_cut_of(tmp_path, clip()), out, *QUICK)
    made = command_kit.run(_cut_of(tmp_path, clip(), clip()), out, *QUICK)
    assert len({cue["result_id"] for take in made["takes"] for cue in take["cues"]}) == 1
    ran = call("check", out, "--json")
    sounds = [check for take in ran.json["takes"] for check in take["checks"] if check["name"] == "sound streams"]
    assert (ran.status, ran.json["problems"], [check["passed"] for check in sounds]) == (0, [], [True, True])
    channels = ["2 channels", "1 channels"] if backward else ["1 channels"] * 2
    assert [check["detail"][:10] for check in sounds] == channels


def test_clips_that_ask_for_the_same_at_once_share_one_result(tmp_path: Path) -> None:
    """Their clocks are not the same: frames of the one are none of the other."""
    clip = _silent(tmp_path, backward=True)
    made = command_kit.run(_cut_of(tmp_path, clip(), clip()), tmp_path / "silent_RP.otio", *QUICK)
    assert len(made["takes"]) == 2
    assert len({cue["result_id"] for take in made["takes"] for cue in take["cues"]}) == 1
