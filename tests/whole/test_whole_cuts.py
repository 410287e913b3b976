"""Cuts as editors build them: nests, dissolves, layers, cues at the very ends, linked sound, names with anything in them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest

import burned
from whole import command_kit as command
from whole import cut_kit as cut
from whole.command_kit import call, child, run, slow
from whole.cut_kit import RATES, Rushes
from whole.scene import HOUR, QUICK, RATE, Scene, files
from whole.test_whole_frames import labelled

A1, B1 = "A001_14221005_RP001_PREVIEW.mov", "B001_01000004_RP001_PREVIEW.mov"
VOICE_FROM = 1_000_000


def numbers(played: list[cut.Shown | None]) -> list[int | None]:
    return [shown.number if shown else None for shown in played]


def dissolve(frames: int) -> otio.schema.Transition:
    half = cut.time(frames, RATE)
    return otio.schema.Transition("dissolve", "SMPTE_Dissolve", in_offset=half, out_offset=half)


@pytest.mark.parametrize("style", ["otio", "resolve"])
def test_nests_dissolves_and_layers_show_what_they_showed(unrun: Scene, style: str) -> None:
    """A marked clip inside a nest, one inside a dissolve, and one that another clip covers in part."""
    nest = otio.schema.Stack(name="nest", children=[cut.track(cut.gap(4, RATE), unrun.clip_a(at=20))])
    nest.source_range = cut.span(10, 30, RATE)
    above = cut.track(cut.gap(50, RATE), cut.clip(unrun.a, 0, 6), name="V2")
    below = cut.track(nest, unrun.clip_b(), dissolve(5), cut.clip(unrun.a, 20, 20))
    path = cut.save(cut.timeline(below, above, start=HOUR, rate=RATE), unrun.timeline)
    document = run(path, unrun.out, "--for", style, *QUICK)
    before, after = (cut.play(place, rate=RATE, frames=76) for place in (path, unrun.out))
    assert numbers(after) == numbers(before)
    a = "A001_14221009_RP001_PREVIEW.mov"
    assert [shown.file if shown else None for shown in after] == [a] * 30 + [B1] * 20 + ["A001.mov"] * 26
    assert len(document["made"]) == 2
    again = run(path, unrun.out, "--for", style, *QUICK)
    assert (again["made"], again["changed"]) == ([], False)


SOON = ("the first frames", "the last frames", "one frame, without a guide", "two cues side by side")
EDGES = {
    "the first frames": [(0, 7)],
    "the last frames": [(53, 7)],
    "one frame, without a guide": [(30, 1)],
    "two frames": [(30, 2)],
    "two cues side by side": [(20, 8), (28, 9)],
    "two cues with one frame between": [(20, 8), (29, 8)],
    "all of the media": [(0, 60)],
}


@pytest.mark.parametrize("edge", [edge if edge in SOON else slow(edge) for edge in EDGES])
@pytest.mark.parametrize("like", ["runware/react-1", slow("sync/sync-3")])
def test_a_cue_may_lie_anywhere(unrun: Scene, edge: str, like: str) -> None:
    """The label stands on its frames, on all of them, and on no other; a mark of one frame means the whole clip."""
    cues = EDGES[edge]
    unrun.write(cut.clip(unrun.a, marks=[("RP: angry", *cue) for cue in cues]))
    [take] = run(unrun.timeline, unrun.out, "--like", like, "--drop", "emotion")["takes"]
    wanted = (
        range(60) if cues == [(30, 1)] else [frame for first, frames in cues for frame in range(first, first + frames)]
    )
    assert cut.numbers(Path(take["path"])) == tuple(range(60))
    assert labelled(Path(take["path"]), unrun.a.path, 0) == list(wanted)


@pytest.mark.slow
@pytest.mark.parametrize("rate", ["24000/1001", "25"])
def test_a_long_cue_is_split_and_whole_again_in_the_take(tmp_path: Path, rate: str) -> None:
    fps = RATES[rate]
    path = burned.make_movie(tmp_path / "A001.mov", rate=fps, frames=900, size=(160, 90), channels=1)
    clip = cut.clip(Rushes(path, fps, 900), 20, 860, marks=[("RP: angry", 40, 800)])
    source = cut.save(cut.timeline(cut.track(clip), rate=fps), tmp_path / "cut.otio")
    assert len(call("plan", source, "--json", *QUICK).json["shots"][0]["jobs"]) == 3
    [take] = run(source, tmp_path / "out.otio", *QUICK)["takes"]
    assert cut.numbers(Path(take["path"])) == tuple(range(8, 892))
    assert labelled(Path(take["path"]), path, 8) == list(range(40, 840))
    assert np.array_equal(sound_of(Path(take["path"])), sound_of(path)[at(8, fps) : at(892, fps)])


def sound_of(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.rint(burned.sound(path) * 2**23).astype(np.int64)


def at(frame: int, rate: Fraction) -> int:
    return round(frame / rate * 48000)


class TestLinkedSound:
    """A1 carries the sound of the clip on V1; what is heard there when the cut with takes plays."""

    FADE, CUE = 480, (14, 9)

    def cut_of(self, scene: Scene, *, guide: bool) -> Path:
        note = "sad" if guide else "sad\naudio: line.wav"
        wave = burned.make_wave(scene.folder / "line.wav", samples=96000, start=VOICE_FROM)
        picture = cut.clip(scene.b, 10, 30, marks=[("RP", *self.CUE)])
        picture.markers[0].comment = note
        tracks = [cut.track(picture), cut.track(cut.clip(scene.b, 10, 30), name="A1", audio=True)]
        if guide:
            voice = cut.guide(wave, Fraction(0), Fraction(30, 25), RATE)
            tracks.append(cut.track(voice, name="ADR", audio=True))
        return cut.save(cut.timeline(*tracks, start=HOUR, rate=RATE), scene.timeline)

    def heard(self, scene: Scene, *options: str, guide: bool) -> str:
        """What A1 plays inside the cue, after asserting that outside it it plays what it played."""
        path = self.cut_of(scene, guide=guide)
        run(path, scene.out, *QUICK, *options)
        before, after = cut.hear(path, "A1"), cut.hear(scene.out, "A1")
        start, end = at(self.CUE[0] - 10, RATE), at(sum(self.CUE) - 10, RATE)
        assert after.shape == before.shape
        assert np.array_equal(after[:start], before[:start])
        assert np.array_equal(after[end:], before[end:])
        inside = after[start + self.FADE : end - self.FADE, 0]
        first = self.FADE + (start if guide else 0)
        voice = burned.noise(len(inside), 1, start=VOICE_FROM + first)[:, 0].astype(np.int64) << 8
        sounds = {"the voice": voice, "the original": before[start + self.FADE : end - self.FADE, 0]}
        return next(name for name, sound in sounds.items() if np.array_equal(inside, sound))

    def test_a_voice_from_a_file_is_heard_with_the_picture(self, unrun: Scene) -> None:
        assert self.heard(unrun, guide=False) == "the voice"
        assert call("select", unrun.out, "B001", "original").status == 0
        assert np.array_equal(cut.hear(unrun.out, "A1"), cut.hear(unrun.timeline, "A1"))

    def test_a_voice_that_sounds_in_the_cut_already_is_not_doubled(self, unrun: Scene) -> None:
        assert self.heard(unrun, guide=True) == "the original"

    @pytest.mark.parametrize(("sound", "heard"), [("keep", "the original"), ("take", "the voice")])
    def test_either_can_be_had(self, unrun: Scene, sound: str, heard: str) -> None:
        assert self.heard(unrun, "--sound", sound, guide=sound == "take") == heard


def test_a_timeline_a_take_plays_that_take(scene: Scene) -> None:
    scene.run(None, None, "--another", "A001")
    document = scene.run(None, scene.folder / "single.otio", "--takes", "timelines")
    out = [Path(path) for path in document["out"]]
    assert [path.name for path in out] == ["single_take1.otio", "single_take2.otio"]
    second = "A001_14221005_RP002_PREVIEW.mov"
    assert [files(scene.played(path)) for path in out] == [[A1, B1], [second, B1]]
    assert [numbers(scene.played(path)) for path in out] == [[*range(10, 50), *range(116, 142)]] * 2


NAMES = ["scène 7 – Take #2 100%", "a%20b & c;d=e?", "日本語 (旧)", 'it\'s "quoted"']


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        (NAMES[0], "as a URL"),
        (NAMES[1], "as a path"),
        *(slow(name, "as a URL") for name in NAMES[1:]),
        *(slow(name, "as a path") for name in (NAMES[0], *NAMES[2:])),
    ],
)
def test_folders_and_files_may_be_called_anything(rushes: Path, tmp_path: Path, name: str, spelled: str) -> None:
    folder = tmp_path / name
    shutil.copytree(rushes, folder)
    media = folder / f"A {name}.mov"
    (folder / "A001.mov").rename(media)
    scene = Scene(folder)
    scene.write(
        cut.clip(
            scene.a, 10, 40, marks=[("RP: sad", 20, 9)], url=media.as_uri() if spelled == "as a URL" else str(media)
        )
    )
    out = tmp_path / "out" / f"{name}.otio"
    out.parent.mkdir()
    for target, style in ((out, "otio"), (folder / "beside.otio", "resolve")):
        document = run(scene.timeline, target, "--for", style, *QUICK)
        played = cut.play(target, rate=RATE, frames=40)
        assert numbers(played) == list(range(10, 50))
        assert files(played) == [Path(document["takes"][0]["path"]).name]


def test_takes_may_lie_elsewhere(unrun: Scene, tmp_path: Path) -> None:
    document = unrun.run(None, None, "--takes-dir", tmp_path / "raid" / "takes", "--project", tmp_path / "my project")
    assert {Path(take["path"]).parent for take in document["takes"]} == {tmp_path / "raid" / "takes"}
    assert (files(unrun.played()), unrun.project.exists()) == ([A1, B1], False)
    again = unrun.run(None, None, "--takes-dir", tmp_path / "raid" / "takes", "--project", tmp_path / "my project")
    assert (again["made"], again["changed"]) == ([], False)


def test_two_at_once_pay_once(unrun: Scene) -> None:
    """Two runs of one cut at the same time: each cue is performed once; who came too late says so, and has all the next time."""
    outs = [unrun.folder / f"out_{number}.otio" for number in (1, 2)]
    arguments = [sys.executable, "-m", "reperform", "run", str(unrun.timeline), *QUICK, "-o"]
    running = [
        subprocess.Popen([*arguments, str(out)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for out in outs
    ]
    said = [process.communicate(timeout=120)[0] for process in running]
    assert {process.returncode for process in running} <= {0, 1, 2}, "\n".join(said)
    assert command.ledger_rows(unrun.project)["results"] == 2
    assert [unrun.run(None, out)["made"] for out in outs] == [[], []]
    assert [files(unrun.played(out)) for out in outs] == [[A1, B1], [A1, B1]]


def test_without_ffmpeg_it_is_said_and_nothing_is_begun(unrun: Scene, tmp_path: Path) -> None:
    ran = child(
        "run", unrun.timeline, "-o", unrun.out, *QUICK, environment={"REPERFORM_FFMPEG": str(tmp_path / "gone")}
    )
    assert (ran.status, "Traceback" in ran.err, unrun.out.exists()) == (2, False, False)
    assert "→" in ran.err
