"""Proxies for display offline, camera log online: takes are laid in through the LUT that the proxies were made with."""

from __future__ import annotations

import base64
import io
import re
import shlex
import shutil
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

import altered_scene
import burned
import composited
from altered_scene import Picture, Scene
from online.online_kit import packets
from reperform.ledger.ledger import Ledger
from reperform.media import pictures
from reperform.media.returning import all_pictures
from reperform.review.board import Board
from reperform.review.showing import Showing
from reperform.settings import Settings
from viewing.log_kit import LogFilm, colours_of, picture_of, shown, write_lut
from whole.command_kit import Ran, call, run
from whole.cut_kit import Rushes, clip, save, timeline, track

FILM = LogFilm(Scene(width=192, height=108, frames=24, grain=0.6))
RATE, START = Fraction(24), 86400
CUE, SEAM, USED = range(9, 15), 2, range(4, 20)
LUT = "log to 709.cube"
EVERYWHERE = np.ones((108, 192), np.bool_)


@dataclass(frozen=True)
class Job:
    """A folder with proxies, originals, the LUT between them, and a cut of the proxies that was run."""

    folder: Path

    @property
    def lut(self) -> Path:
        return self.folder / LUT

    @property
    def original(self) -> Path:
        return self.folder / "online" / "A001.mov"

    @property
    def out(self) -> Path:
        return self.folder / "out.otio"

    @property
    def new(self) -> Path:
        return self.folder / "online.otio"

    def conform(self, *options: str | Path) -> Ran:
        """`reperform conform` of it."""
        media = ("--media-root", self.original.parent)
        return call("conform", self.out, "-o", self.new, *media, "--handles", "2", "--json", *options)

    def recut(self, path: Path) -> Path:
        """All of the clip in a new cut, without marks."""
        rushes = Rushes(path, RATE, 24, start=START)
        save(timeline(track(clip(rushes, 0, 24)), rate=RATE), self.folder / "recut.otio")
        return self.folder / "recut.otio"

    def copied(self, to: Path) -> Job:
        """The same in another folder, as it is now."""
        shutil.copytree(self.folder, to)
        return Job(to)


def _cut(folder: Path, media: Path) -> Path:
    marks = [("RP: angry, audio: voice.wav", CUE.start, len(CUE))]
    shot = clip(Rushes(media, RATE, 24, start=START), USED.start, len(USED), marks=marks)
    save(timeline(track(shot), rate=RATE), folder / "cut.otio")
    burned.make_wave(folder / "voice.wav", samples=12000)
    return folder / "cut.otio"


@pytest.fixture(scope="module")
def performed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Job, dict[str, Any]]:
    """Offline, by an engine that lays a patch over the picture."""
    job = Job(tmp_path_factory.mktemp("offline") / "job")
    job.original.parent.mkdir(parents=True)
    FILM.write(job.original)
    display = [altered_scene.planes_of(FILM.display(frame), 10) for frame in range(24)]
    codec = ["-c:v", "prores_ks", "-profile:v", "3", "-vendor", "apl0"]
    proxy = composited.written(job.folder / "A001.mov", display, bits=10, layout="422", codec=codec)
    write_lut(job.lut, edge=17)
    return job, run(_cut(job.folder, proxy), job.out, *_engine())


def _engine() -> tuple[str, ...]:
    draws = "drawbox=x=64:y=32:w=56:h=40:color=0xb07850:t=fill"
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "{video}", "-vf", draws]
    words = [*program, "-c:v", "libx264", "-crf", "6", "-bf", "0", "{output}"]
    return "--engine", "command", "--command", shlex.join(words), "--handles", "2", "--seam", str(SEAM)


@pytest.fixture(scope="module")
def online(performed: tuple[Job, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Job, Any]:
    """On the originals, through the LUT."""
    job = performed[0].copied(tmp_path_factory.mktemp("online") / "job")
    ran = job.conform("--input-lut", job.lut)
    assert ran.status == 0, ran.said
    return job, ran.json


def _stored(path: str | Path) -> list[Picture]:
    return [altered_scene.picture_of(pictures.planes(each), 10) for each in all_pictures(Path(path))]


def _seen(picture: Picture) -> Picture:
    return picture_of(shown(colours_of(picture)))


def test_the_online_take_shows_what_was_performed_and_is_log(
    performed: tuple[Job, dict[str, Any]], online: tuple[Job, Any]
) -> None:
    """In the cue's frames: the offline take, seen through the LUT, and stored as flat and pale as the original."""
    job, document = online
    assert document["problems"] == []
    [offline], [take] = performed[1]["takes"], document["takes"]
    first, originals = USED.start - 2, _stored(job.original)
    for number, (made, was) in enumerate(zip(_stored(take["path"]), _stored(offline["path"]), strict=True)):
        if number + first in CUE:
            assert altered_scene.decibels(_seen(made), was, EVERYWHERE) > 36, number
            assert np.abs(made - originals[number + first])[40:64, 72:112].mean() > 3, number
        assert made[..., 0].std() < 0.6 * was[..., 0].std(), number
    assert (take["viewing"]["name"], take["checks"] != []) == (LUT, True)
    assert [check for check in take["checks"] if not check["passed"]] == []


def test_untouched_frames_are_the_originals_packets(online: tuple[Job, Any]) -> None:
    """Bit for bit; those of the cue are not."""
    job, document = online
    [take] = document["takes"]
    first, coded, own = USED.start - 2, packets(job.original), packets(Path(take["path"]))
    touched = range(CUE.start - SEAM, CUE.stop + SEAM)
    same = [number for number in range(len(own)) if own[number] == coded[number + first]]
    assert same == [number for number in range(len(own)) if number + first not in touched]


def test_log_media_without_a_lut_is_a_warning_that_names_the_way_out(
    performed: tuple[Job, dict[str, Any]], tmp_path: Path
) -> None:
    """The takes would stand out."""
    ran = performed[0].copied(tmp_path / "job").conform()
    [problem] = ran.json["problems"]
    assert ("other brightness or contrast" in problem["message"], "--input-lut" in problem["fix"]) == (True, True)


def test_an_online_take_is_known_when_the_lut_is_gone(online: tuple[Job, Any], tmp_path: Path) -> None:
    """Checked, made again, and brought to another cut through the project's copy; nothing is sent."""
    job = online[0].copied(tmp_path / "job")
    job.lut.unlink()
    assert call("check", job.new).status == 0
    again = call(
        "conform", job.new, "-o", job.folder / "b.otio", "--media-root", job.original.parent, "--handles", "2", "--json"
    )
    assert ([take["id"] for take in again.json["takes"]], again.json["made"]) == ([online[1]["takes"][0]["id"]], [])


@pytest.mark.parametrize("named", [True, False], ids=["through the LUT", "without it"])
def test_what_was_laid_in_through_a_lut_is_paid_there(online: tuple[Job, Any], tmp_path: Path, named: bool) -> None:
    """A run of the online cut finds its cues performed, and asks for nothing; without the LUT it would send other pictures."""
    job = online[0].copied(tmp_path / "job")
    lut = ("--input-lut", str(job.lut)) if named else ()
    document = run(job.new, job.folder / "again.otio", *_engine(), *lut)
    [project] = job.folder.glob("*.reperform")
    with Ledger.open(project) as ledger:
        attempts = len({result.attempt_id for result in ledger.results.all()})
    assert (attempts, document["made"] == []) == ((1, True) if named else (2, False))


def test_a_take_made_anew_for_another_cut_goes_through_the_lut(online: tuple[Job, Any], tmp_path: Path) -> None:
    """A longer use of the log media, for which no take is long enough."""
    job = online[0].copied(tmp_path / "job")
    job.lut.unlink()
    out = job.folder / "recut_RP.otio"
    ran = call("reattach", job.recut(job.original), "-o", out, "--json")
    assert ran.status == 0, ran.said
    [path] = [each for each in (job.folder).glob("*.reperform/takes/*.mov") if len(packets(each)) == 24]
    for number, (made, was) in enumerate(zip(_stored(path), _stored(job.original), strict=True)):
        assert abs(float(made[..., 0].mean() - was[..., 0].mean())) < 3, number


def _contrast(jpeg: bytes) -> float:
    return float(np.asarray(Image.open(io.BytesIO(jpeg)).convert("L"), np.float64).std())


def _embedded(page: Path) -> list[float]:
    found = re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", page.read_text())
    return [_contrast(base64.b64decode(each)) for each in found]


def test_people_see_log_as_the_engine_does(online: tuple[Job, Any], tmp_path: Path) -> None:
    """Original and take, in the review page, the report and the page of the checks: as contrasty as the proxy."""
    job = online[0].copied(tmp_path / "job")
    flat, meant = (float(each(12)[..., 0].std()) for each in (FILM.log, FILM.display))
    assert flat < 0.6 * meant
    assert call("check", job.new, "-o", tmp_path / "check.html").status == 0
    assert call("report", job.new, "-o", tmp_path / "report.html").status == 0
    [project] = job.folder.glob("*.reperform")
    settings = Settings()
    with Ledger.open(project) as ledger:
        board = Board(job.new, project=project, settings=settings, ledger=ledger)
        showing = Showing(board, told=lambda _: None)
        [shot] = board.scene.shots
        versions = ["original", online[1]["takes"][0]["id"]]
        stills = [showing.still(shot, version, None, patience=60) for version in versions]
        videos = [showing.video(shot, version, patience=60) for version in versions]
        showing.work.stop()
    seen = [_contrast(still.read_bytes()) for still in stills if still]
    for video in videos:
        assert video is not None
        picture = list(all_pictures(video))[12 - USED.start]
        seen.append(float(altered_scene.picture_of(pictures.planes(picture), 8)[..., 0].std()))
    for page in ("check.html", "report.html"):
        seen += _embedded(tmp_path / page)
    assert len(seen) > 8
    assert min(seen) > 0.75 * meant, seen
