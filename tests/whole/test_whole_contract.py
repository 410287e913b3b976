"""What scripts rely on: exit codes, one JSON document, a plan that reads back, and files that are never written over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import opentimelineio as otio
import pytest

from whole import cut_kit as cut
from whole.command_kit import call, child, files_in, slow
from whole.scene import QUICK, RATE, Scene, files

PREVIEWS = ["A001_14221005_RP001_PREVIEW.mov", "B001_01000004_RP001_PREVIEW.mov"]


def inputs(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Everything but the project and what is written: content and date."""
    names = ("cut.otio", "A001.mov", "B001.mov")
    return {name: ((folder / name).read_bytes(), (folder / name).stat().st_mtime_ns) for name in names}


def errors(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [problem for problem in document["problems"] if problem["severity"] == "error"]


class TestExitStatus:
    def test_0_where_all_is_done_and_the_inputs_are_as_they_were(self, scene: Scene) -> None:
        before = inputs(scene.folder)
        ran = call("run", scene.timeline, "-o", scene.out, *QUICK, "--another", "A001")
        assert (ran.status, inputs(scene.folder)) == (0, before)
        assert str(scene.out) in ran.out
        assert "A001_14221005_RP002_PREVIEW.mov  new" in ran.out

    def test_0_without_marks_and_the_cut_is_written_and_the_markers_explained(self, scene: Scene) -> None:
        path = scene.write(scene.clip_a(text="fix the boom"), cut.clip(scene.b, 16, 26), name="plain.otio")
        out = scene.folder / "plain_RP.otio"
        ran = call("run", path, "-o", out)
        assert ran.status == 0
        assert "fix the boom" in ran.said
        assert scene.played(out) == scene.played(path)
        assert otio.adapters.read_from_file(str(out)).is_equivalent_to(otio.adapters.read_from_file(str(path)))
        document = call("run", path, "-o", out, "--json").json
        assert (document["status"], document["takes"], document["problems"]) == (0, [], [])
        assert [(marker["text"], bool(marker["why"])) for marker in document["ignored_markers"]] == [
            ("fix the boom", True)
        ]

    def test_1_where_one_shot_is_broken_and_the_others_are_written(self, scene: Scene) -> None:
        (scene.folder / "B001.mov").unlink()
        document = scene.run(status=1)
        assert files(scene.played(frames=40)) == PREVIEWS[:1]
        [problem] = errors(document)
        assert problem["where"] == {"track": "V1", "clip": "B001", "timecode": "01:00:01:23"}
        assert problem["fix"]

    def test_2_where_all_are_broken_and_nothing_is_written(self, unrun: Scene) -> None:
        scene = unrun
        for name in ("A001.mov", "B001.mov"):
            (scene.folder / name).unlink()
        before = files_in(scene.folder)
        document = scene.run(status=2)
        assert (document["out"], len(errors(document))) == ([], 2)
        assert files_in(scene.folder) == before
        assert not scene.project.exists()

    def test_2_where_no_mark_can_be_performed_as_it_is(self, unrun: Scene) -> None:
        """sync-3 performs no emotion: an error on each cue, before anything is sent."""
        ran = call("run", unrun.timeline, "-o", unrun.out, "--json", "--like", "sync/sync-3")
        assert (ran.status, ran.json["out"], len(errors(ran.json))) == (2, [], 2)
        assert not unrun.out.exists()

    @pytest.mark.parametrize(
        "arguments",
        [
            ("run", "cut.otio"),
            ("run", "cut.otio", "-o", "out.otio", "--no-such-option"),
            ("run", "gone.otio", "-o", "out.otio"),
            ("run", "cut.otio", "-o", "out.mov"),
            ("run", "cut.otio", "-o", "out.otio", "--engine", "nobody"),
            ("run", "cut.otio", "-o", "out.otio", "--only", "NOBODY"),
            ("run", "cut.otio", "-o", "out.otio", "--another", "NOBODY"),
            ("run", "cut.otio", "-o", "out.otio", "--handles", "-1"),
            ("run", "cut.otio", "-o", "out.otio", "--for", "windows-movie-maker"),
            ("run", "cut.otio", "-o", "out.otio", "--takes", "bins"),
            ("run", "cut.otio", "-o", "out.otio", "--name", "{stem}"),
            ("run", "cut.otio", "-o", "out.otio", "--marker-name", "("),
            ("run", "A001.mov", "-o", "out.otio"),
            ("run", ".", "-o", "out.otio"),
            ("plan", "cut.otio", "--like", "nobody/nothing"),
            ("select", "cut.otio", "A001", "1"),
            ("perform", "cut.otio"),
        ],
        ids=" ".join,
    )
    def test_2_where_the_call_is_wrong_and_nothing_is_touched(
        self, scene: Scene, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(scene.folder)
        before, rows = files_in(scene.folder), scene.rows()
        ran = call(*arguments)
        assert (ran.status, ran.out) == (2, "")
        assert "Traceback" not in ran.err
        assert ran.err.strip()
        assert (files_in(scene.folder), scene.rows()) == (before, rows)


class TestJson:
    @pytest.mark.parametrize("command", [("plan",), ("run", "-o", "out.otio")], ids=["plan", "run"])
    @pytest.mark.parametrize("timeline", ["cut.otio", "gone.otio", "A001.mov"])
    def test_one_document_and_nothing_else_on_standard_output(
        self, scene: Scene, command: tuple[str, ...], timeline: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where nothing could be done it says why, under `error`, `message` and `fix`."""
        monkeypatch.chdir(scene.folder)
        ran = call(command[0], timeline, *command[1:], "--json")
        document = json.loads(ran.out)
        assert (ran.status, document["version"]) == (0 if timeline == "cut.otio" else 2, 1)
        assert ("message" in document, bool(document.get("fix"))) == (ran.status == 2, ran.status == 2)

    def test_a_process_of_its_own_says_the_same(self, scene: Scene) -> None:
        ran = child("run", scene.timeline, "-o", scene.out, "--json", *QUICK)
        assert (ran.status, ran.json["made"], ran.err) == (0, [], "")


SHOT = {"id", "clip", "track", "index", "clock", "record", "media", "cues", "jobs"}
DIRECTION = {
    "emotion", "region", "temperature", "sync", "takes", "line", "voice", "audio", "engine", "model", "speaker", "boxes",
    "occlusion", "character", "note", "consent",
}  # fmt: skip
KEYS: list[tuple[str, set[str]]] = [
    ("", {"version", "timeline", "engine", "model", "shots", "ignored_markers", "problems", "totals"}),
    ("timeline", {"path", "sha256", "name", "rate", "start", "drop_frame", "dialect"}),
    ("shots.0", SHOT),
    ("shots.0.record", {"in", "out", "in_frame", "frames"}),
    ("shots.0.media", {"path", "rate", "start", "in_frame", "frames", "head", "tail", "map"}),
    ("shots.0.cues.0", {"id", "key", "marker", "character", "record_in", "in_frame", "frames", "direction", "voices"}),
    ("shots.0.cues.0.direction", DIRECTION),
    ("shots.0.cues.0.voices.0", {"kind", "path", "start_seconds", "end_seconds", "line"}),
    ("shots.0.jobs.0", {"id", "engine", "model", "cues", "in_frame", "frames", "seconds", "segments", "request", "cost"}),
    ("shots.0.jobs.0.cost", {"amount", "currency", "unit", "basis"}),
    ("ignored_markers.0", {"clip", "record_in", "text", "why"}),
    ("problems.0", {"severity", "where", "message", "fix"}),
    ("problems.0.where", {"track", "clip", "timecode"}),
    ("totals", {"shots", "cues", "jobs", "seconds_marked", "seconds_sent", "cost"}),
    ("totals.cost", {"amount", "currency"}),
]  # fmt: skip


class TestPlan:
    @pytest.fixture
    def fresh(self, unrun: Scene) -> Scene:
        """Never run; with a marker that is no mark, and a mark that asks for nothing."""
        a = unrun.clip_a()
        a.markers.append(cut.mark("VFX: paint out boom", unrun.a.zero + 14, 1, RATE))
        b = cut.clip(unrun.b, 16, 26, marks=[("RP: sad", 24, 9), ("RP: note: only a thought", 36, 2)])
        unrun.write(a, b)
        return unrun

    @pytest.mark.parametrize(("place", "keys"), KEYS, ids=[place or "the document" for place, _ in KEYS])
    def test_every_key_of_version_1_is_there(self, fresh: Scene, place: str, keys: set[str]) -> None:
        ran = call("plan", fresh.timeline, "--json")
        found: Any = ran.json
        for step in filter(None, place.split(".")):
            found = found[int(step)] if step.isdigit() else found[step]
        assert keys - set(found) == set()

    def test_a_plan_says_what_a_run_does_and_sends_and_writes_nothing(self, fresh: Scene) -> None:
        before = files_in(fresh.folder)
        document = call("plan", fresh.timeline, "--json", "--engine", "sync").json
        assert files_in(fresh.folder) == before
        assert [(shot["id"], shot["media"]["in_frame"], shot["media"]["frames"]) for shot in document["shots"]] == [
            ("V1@01:00:00:00", 10, 40), ("V1@01:00:01:15", 16, 26),
        ]  # fmt: skip
        cue, job = document["shots"][1]["cues"][0], document["shots"][1]["jobs"][0]
        assert (cue["in_frame"], cue["frames"], cue["record_in"]) == (24, 9, "01:00:01:23")
        assert (job["in_frame"], job["frames"], job["seconds"]) == (18, 21, 0.84)
        assert document["shots"][1]["media"]["start"] == "01:00:00:16"

    def test_it_is_performed_later_and_gives_the_same_cut(self, fresh: Scene) -> None:
        plan = fresh.folder / "plan.json"
        plan.write_text(call("plan", fresh.timeline, "--json", *QUICK).out)
        by_plan, direct = fresh.folder / "by_plan.otio", fresh.folder / "direct.otio"
        assert call("run", plan, "-o", by_plan).status == 0
        assert fresh.run(fresh.timeline, direct)["made"] == []
        assert by_plan.read_bytes() == direct.read_bytes()
        assert files(fresh.played(by_plan)) == PREVIEWS

    def test_a_plan_of_what_is_paid_plans_no_job(self, scene: Scene) -> None:
        document = call("plan", scene.timeline, "--json", *QUICK).json
        assert [[cue["paid"] for cue in shot["cues"]] for shot in document["shots"]] == [[True], [True]]
        assert (document["totals"]["jobs"], document["totals"]["seconds_sent"]) == (0, 0.0)

    @pytest.mark.parametrize("change", ["the timeline", "the plan", "its version"])
    def test_it_is_refused_where_it_no_longer_fits(self, fresh: Scene, change: str) -> None:
        plan = fresh.folder / "plan.json"
        document = call("plan", fresh.timeline, "--json").json
        if change == "the timeline":
            fresh.write(fresh.clip_a(12, 30), name="cut.otio")
        document |= {"version": 2} if change == "its version" else {}
        document |= {"surprise": 1} if change == "the plan" else {}
        plan.write_text(json.dumps(document))
        ran = call("run", plan, "-o", fresh.out)
        assert ran.status == 2
        assert "→" in ran.err
        assert not fresh.out.exists()
        assert not fresh.project.exists()


class TestOut:
    @pytest.mark.parametrize(
        "how", ["the same name", "another spelling", "a link", "a hard link", "in the input's folder"]
    )
    def test_the_input_is_never_written_to(self, scene: Scene, how: str) -> None:
        source, out = scene.timeline, scene.timeline
        if how == "another spelling":
            out = scene.folder / ".." / scene.folder.name / "cut.otio"
        elif how in ("a link", "a hard link"):
            out = scene.folder / "link.otio"
            out.symlink_to(source) if how == "a link" else out.hardlink_to(source)
        elif how == "in the input's folder":
            made = otio.adapters.read_from_file(str(source))
            source = scene.folder / "bundle.otiod"
            source.mkdir()
            cut.save(made, source / "content.otio")
            out = source / "content.otio"
        before = files_in(scene.folder)
        ran = call("run", source, "-o", out)
        assert (ran.status, files_in(scene.folder)) == (2, before)
        assert "never written" in ran.said

    def test_what_someone_else_changed_is_kept_under_a_number(self, scene: Scene) -> None:
        scene.run()
        for number in (1, 2):
            theirs = scene.out.read_text().replace("scene 7", f"scene 7 – the editor's {number}")
            scene.out.write_text(theirs)
            document = scene.run()
            kept = scene.folder / f"cut_RP.{number}.otio"
            assert (document["kept"], document["made"]) == ([str(kept)], [])
            assert kept.read_text() == theirs
        assert scene.run()["kept"] == []

    def test_our_own_earlier_version_is_replaced(self, scene: Scene) -> None:
        scene.run()
        assert scene.run(None, None, "--another", "A001")["kept"] == []
        assert scene.run(None, None, "--another", "B001")["kept"] == []

    def test_a_folder_that_cannot_be_written_to_is_said(self, scene: Scene) -> None:
        ran = call("run", scene.timeline, "-o", scene.folder / "no such folder" / "out.otio")
        assert "Traceback" not in ran.err
        if ran.status:
            assert "→" in ran.err
        else:
            assert (scene.folder / "no such folder" / "out.otio").exists()


class TestInterrupted:
    @pytest.mark.parametrize(
        ("when", "whom"),
        [
            slow("preparing", "the command"),
            ("performing", "all that it started"),
            ("conforming", "the command"),
            slow("preparing", "all that it started"),
            slow("performing", "the command"),
            slow("conforming", "all that it started"),
        ],
    )
    def test_130_and_the_same_command_goes_on(self, unrun: Scene, when: str, whom: str, tmp_path: Path) -> None:
        """Interrupted by another program, or by Ctrl-C on a terminal, which every process in it receives."""
        scene = unrun
        before = inputs(scene.folder)
        status, said = interrupted(scene, when, group=whom != "the command", ffmpeg=slow_ffmpeg(tmp_path))
        assert (status, "Traceback" in said) == (130, False)
        assert not scene.out.exists()
        assert [path for path in scene.folder.rglob("*") if path.name.startswith("cut_RP")] == []
        document = scene.run()
        assert files(scene.played()) == PREVIEWS
        assert (len(document["takes"]), inputs(scene.folder)) == (2, before)
        assert scene.run()["made"] == []


def slow_ffmpeg(folder: Path) -> Path:
    """FFmpeg, half a second later: there is time to interrupt it."""
    program = folder / "slow_ffmpeg"
    program.write_text(f'#!/bin/sh\nsleep 0.5\nexec "{imageio_ffmpeg.get_ffmpeg_exe()}" "$@"\n')
    program.chmod(0o755)
    return program


def interrupted(scene: Scene, when: str, *, group: bool, ffmpeg: Path) -> tuple[int, str]:
    """Status of a run that is interrupted when its first shot has come so far, and what it said."""
    command = [sys.executable, "-m", "reperform", "run", str(scene.timeline), "-o", str(scene.out), *QUICK]
    running = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "REPERFORM_FFMPEG": str(ffmpeg)},
    )
    assert running.stderr
    said = ""
    try:
        for line in running.stderr:
            said += line
            if when in line:
                (os.killpg if group else os.kill)(running.pid, signal.SIGINT)
                break
        said += running.stderr.read()
        return running.wait(60), said
    finally:
        running.stderr.close()
        if running.poll() is None:
            running.kill()
            running.wait()


def test_a_reader_that_went_away_is_no_error(scene: Scene) -> None:
    command = f'"{sys.executable}" -m reperform plan "{scene.timeline}" | head -1; echo ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (done.stdout.splitlines()[-1], "Traceback" in done.stderr) == ("0", False)


def test_it_does_not_matter_from_where_it_is_called(scene: Scene) -> None:
    out = os.path.relpath(scene.out, scene.project)
    ran = child("run", "../cut.otio", "-o", out, "--json", *QUICK, cwd=scene.project)
    assert (ran.status, ran.json["made"], ran.json["changed"]) == (0, [], False)
