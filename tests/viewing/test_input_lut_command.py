"""`--input-lut` by command: from the plan to the take's records, and again when the file is gone."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest

import altered_scene
import burned
from altered_scene import Scene
from reperform.emulator import Emulator
from reperform.media import pictures
from reperform.media.returning import all_pictures
from viewing.log_kit import LogFilm, write_lut
from whole.command_kit import Ran, call, run
from whole.cut_kit import Rushes, clip, save, timeline, track

FILM = LogFilm(Scene(width=192, height=108, frames=16, grain=0.6))
RATE = Fraction(24)
CUE = range(6, 11)
LUT = "log to 709.cube"


@dataclass(frozen=True)
class Job:
    """A cut of one log film, marked in its middle, and the LUT beside it."""

    folder: Path

    @property
    def cut(self) -> Path:
        return self.folder / "cut.otio"

    @property
    def out(self) -> Path:
        return self.folder / "out.otio"

    @property
    def lut(self) -> Path:
        return self.folder / LUT

    def run(self, *options: str | Path, lut: bool = True, status: int = 0) -> dict[str, Any]:
        """The document of a run of it."""
        chosen = ("--input-lut", self.lut) if lut else ()
        return run(self.cut, self.out, *chosen, *options, status=status)

    def plan(self, *options: str | Path) -> Ran:
        """The plan of it."""
        return call("plan", self.cut, "--input-lut", self.lut, *options)

    def copied(self, to: Path) -> Job:
        """The same in another folder, as it is now."""
        shutil.copytree(self.folder, to)
        return Job(to)


@pytest.fixture(scope="module")
def unrun(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """Not performed yet."""
    folder = tmp_path_factory.mktemp("log") / "job"
    folder.mkdir()
    film = FILM.write(folder / "A001.mov")
    write_lut(folder / LUT, edge=17)
    burned.make_wave(folder / "voice.wav", samples=12000)
    shot = clip(
        Rushes(film, RATE, 16, start=86400), 0, 16, marks=[("RP: angry, audio: voice.wav", CUE.start, len(CUE))]
    )
    save(timeline(track(shot), rate=RATE), folder / "cut.otio")
    return Job(folder)


@pytest.fixture(scope="module")
def done(unrun: Job, tmp_path_factory: pytest.TempPathFactory) -> tuple[Job, dict[str, Any]]:
    """Performed by the preview, without its label."""
    job = unrun.copied(tmp_path_factory.mktemp("done") / "job")
    return job, job.run("--no-label")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _lumas(path: Path) -> list[np.ndarray[Any, Any]]:
    return [altered_scene.picture_of(pictures.planes(each), 10)[..., 0] for each in all_pictures(path)]


def test_a_preview_of_log_footage_is_log(done: tuple[Job, dict[str, Any]]) -> None:
    """Its changed pictures too: as flat and pale as the original's, and near them, for a preview alters nothing else."""
    job, document = done
    [take] = document["takes"]
    assert [check for check in take["checks"] if not check["passed"]] == []
    for taken, original in zip(_lumas(Path(take["path"])), _lumas(job.folder / "A001.mov"), strict=True):
        assert abs(float((taken - original).mean())) < 0.5
        assert float(np.abs(taken - original).mean()) < 2


def test_every_record_of_a_take_names_the_lut(done: tuple[Job, dict[str, Any]]) -> None:
    """In the document of the run, in the timeline's metadata, and in the file beside the take."""
    job, document = done
    [take] = document["takes"]
    [beside] = Path(take["path"]).parent.glob("*_PROVENANCE.json")
    written = otio.adapters.read_from_file(str(job.out))
    [reference] = [
        each
        for shot in written.find_clips()
        for each in shot.media_references().values()
        if "take" in each.metadata.get("reperform", {})
    ][:1]
    said = [
        take["viewing"],
        json.loads(beside.read_text())["viewing"],
        dict(reference.metadata["reperform"]["viewing"]),
    ]
    assert [(each["name"], each["sha256"]) for each in said] == [(LUT, _sha256(job.lut))] * 3


def test_a_plan_says_through_which_lut_it_sends(unrun: Job) -> None:
    """Its table and its JSON."""
    settings = json.loads(unrun.plan("--json").out)["settings"]
    assert settings["input_lut"] == {"path": str(unrun.lut), "name": LUT, "sha256": _sha256(unrun.lut)}
    assert f"Shown to the engine through {LUT}" in unrun.plan().said


def test_keys_change_with_the_lut_alone(unrun: Job, tmp_path: Path) -> None:
    """Without one they are what they were; a title, a comment or another name changes nothing; another table does."""
    job = unrun.copied(tmp_path / "job")
    keys = [_key(call("plan", job.cut, "--json"))]
    keys.append(_key(job.plan("--json")))
    job.lut.write_text("# by the camera's maker\n" + job.lut.read_text().replace("TITLE", "TITLE ") + "\n")
    keys.append(_key(job.plan("--json")))
    write_lut(job.lut, edge=9)
    keys.append(_key(job.plan("--json")))
    assert [keys.index(key) for key in keys] == [0, 1, 1, 3]


def _key(ran: Ran) -> str:
    [shot] = ran.json["shots"]
    return str(shot["cues"][0]["key"])


def test_the_project_keeps_the_lut(done: tuple[Job, dict[str, Any]], tmp_path: Path) -> None:
    """A plan is run, and takes are made again on other media, when the file that was named is gone; nothing is sent."""
    job = done[0].copied(tmp_path / "job")
    [kept] = job.folder.glob("*.reperform/luts/*.cube")
    assert (kept.stem, kept.read_bytes()) == (_sha256(job.lut), job.lut.read_bytes())
    (tmp_path / "plan.json").write_text(job.plan("--json").out)
    job.lut.unlink()
    ran = call("run", tmp_path / "plan.json", "-o", job.folder / "again.otio", "--reel", "same", "--json")
    assert (ran.status, [take["viewing"]["name"] for take in ran.json["takes"]]) == (0, [LUT] * 2), ran.said
    assert call("check", job.out).status == 0
    online = tmp_path / "online"
    online.mkdir()
    shutil.copy(job.folder / "A001.mov", online / "A001.mov")
    ran = call("conform", job.out, "-o", job.folder / "online.otio", "--media-root", online, "--json")
    assert ran.status == 0, ran.said


def test_a_lut_of_another_title_makes_the_same_take(done: tuple[Job, dict[str, Any]], tmp_path: Path) -> None:
    """Nothing is performed or made anew, and the take is still known for what it is."""
    job = done[0].copied(tmp_path / "job")
    job.lut.write_text("# by the camera's maker\n" + job.lut.read_text())
    [take] = job.run("--no-label")["takes"]
    assert take["id"] == done[1]["takes"][0]["id"]
    assert call("check", job.out).status == 0


def test_a_plan_is_not_run_through_another_lut(unrun: Job, tmp_path: Path) -> None:
    """Nothing is sent through a file that has changed since, or is gone."""
    job = unrun.copied(tmp_path / "job")
    (tmp_path / "plan.json").write_text(job.plan("--json").out)
    write_lut(job.lut, edge=5)
    ran = call("run", tmp_path / "plan.json", "-o", job.out)
    assert (ran.status, f"The LUT {job.lut} has changed since it was planned." in ran.said) == (2, True), ran.said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file"),
        (b"LUT_3D_SIZE 2\n0 0 0\n", "it has 1 entries"),
        (b"\x89PNG\0", "is no LUT"),
    ],
    ids=["not there", "cut short", "a picture"],
)
def test_what_is_no_lut_stops_a_plan(content: bytes | None, said: str, unrun: Job, tmp_path: Path) -> None:
    """With what is wrong, and no traceback."""
    path = tmp_path / "bad.cube"
    if content is not None:
        path.write_bytes(content)
    ran = call("plan", unrun.cut, "--input-lut", path)
    assert (ran.status, said in ran.said) == (2, True), ran.said


def test_a_run_is_gone_on_with_when_the_file_is_gone(
    unrun: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a ceiling stopped is sent through the project's copy; what was paid is not paid again."""
    job = unrun.copied(tmp_path / "job")
    with Emulator() as emulator:
        monkeypatch.setenv("RUNWARE_API_KEY", emulator.key("runware"))
        options = ("--engine", "runware", "--base-url", emulator.base_url)
        job.run(*options, "--max-cost", "0.001", status=3)
        job.lut.unlink()
        ran = call("resume", job.folder, "--max-cost", "9", "--json")
        assert (ran.status, len(emulator.billed)) == (0, 1), ran.said
    [take] = ran.json["runs"][0]["takes"]
    assert take["viewing"]["name"] == LUT


def test_a_paid_engine_gets_the_shown_picture_once(unrun: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run finds it paid; the take is log where the engine changed nothing."""
    job = unrun.copied(tmp_path / "job")
    with Emulator() as emulator:
        monkeypatch.setenv("RUNWARE_API_KEY", emulator.key("runware"))
        options = ("--engine", "runware", "--context", "2", "--base-url", emulator.base_url)
        first, second = job.run(*options), job.run(*options)
        assert len(emulator.billed) == 1
    [take], [again] = first["takes"], second["takes"]
    assert take["id"] == again["id"]
    assert take["viewing"]["sha256"] == _sha256(job.lut)
