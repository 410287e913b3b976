"""Timelines from strangers: whatever they name, nothing is fetched, nothing is started, nothing outside is read or written."""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

import burned
from whole import cut_kit as cut
from whole.command_kit import Ran, call, child, files_in
from whole.scene import HOUR, QUICK, RATE, Scene, files

SECRET = "the contents of another file"


@pytest.fixture
def scene(unrun: Scene) -> Scene:
    return unrun


class Listener:
    """A server on this machine that counts who comes."""

    def __init__(self) -> None:
        self.visits = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


def refused(ran: Ran, *words: str, status: int = 2) -> None:
    """It ended with this status, a sentence and a way out."""
    assert ran.status == status, ran.said
    assert "Traceback" not in ran.err
    assert [word for word in words if word not in ran.said] == []
    assert SECRET not in ran.said


def scripts(listener: Listener, canary: Path) -> dict[str, str]:
    address = f"http://127.0.0.1:{listener.port}/a.ts"
    return {
        "ffconcat": f"ffconcat version 1.0\nfile '{canary}'\n",
        "concat": f"file '{address}'\nfile '{canary}'\n",
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{address}\n#EXT-X-ENDLIST\n",
        "hls with a binary tail": f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{address}\n#EXT-X-ENDLIST\n"
        + "\x01\x02" * 40,
        "dash": f"<?xml version='1.0'?><MPD><Period><BaseURL>{address}</BaseURL></Period></MPD>",
        "sdp": "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n",
        "reference movie": f"RTSPtext\r\n{address}\r\n",
        "imf": f"<?xml version='1.0'?><CompositionPlaylist xmlns='http://www.smpte-ra.org/schemas/2067-3/2016'>{address}</CompositionPlaylist>",
    }


@pytest.mark.parametrize("where", ["as the picture", "as the voice", "on the guide track"])
def test_a_script_or_playlist_is_not_opened_whatever_its_name(
    scene: Scene, tmp_path: Path, listener: Listener, where: str
) -> None:
    """All kinds in one cut: each is refused by its name, in its place."""
    canary = burned.make_movie(tmp_path / "private.mov", rate=RATE, frames=60, size=(160, 90), codec="mjpeg")
    kinds = scripts(listener, canary)
    clips, guides = [], []
    for kind, content in kinds.items():
        name = f"{kind}.mov" if where == "as the picture" else f"{kind}.wav"
        (scene.folder / name).write_text(content)
        clip = scene.clip_a()
        if where == "as the picture":
            clip.media_reference.target_url = name
        elif where == "as the voice":
            clip.markers[0].comment = f"audio: {name}"
        clips.append(clip)
        guides += [cut.gap(10, RATE), cut.guide(scene.folder / name, 0 / RATE, 20 / RATE, RATE), cut.gap(10, RATE)]
        for at, marker in enumerate(clip.markers):
            marker.marked_range = cut.span(scene.a.zero + 20 + at, 1, RATE)
    guide_tracks = [cut.track(*guides, name="ADR", audio=True)] if where == "on the guide track" else []
    cut.save(cut.timeline(cut.track(*clips), *guide_tracks, rate=RATE, start=HOUR), scene.timeline)
    ran = call("run", scene.timeline, "-o", scene.out, "--json", *QUICK)
    messages = [problem["message"] for problem in ran.json["problems"] if problem["severity"] == "error"]
    assert (ran.status, len(messages), all(problem["fix"] for problem in ran.json["problems"])) == (2, len(kinds), True)
    assert [kind for kind in kinds if not any(f"{kind}." in message for message in messages)] == []
    assert (listener.visits, scene.project.exists(), scene.out.exists(), SECRET in ran.out) == (0, False, False, False)


def addresses(listener: Listener) -> dict[str, str]:
    port = listener.port
    return {
        "http": f"http://127.0.0.1:{port}/A001.mov",
        "https": f"https://127.0.0.1:{port}/A001.mov",
        "ftp": f"ftp://127.0.0.1:{port}/A001.mov",
        "tcp": f"tcp://127.0.0.1:{port}",
        "rtmp": f"rtmp://127.0.0.1:{port}/live",
        "a share by URL": f"file://127.0.0.1:{port}/share/A001.mov",
        "a share by path": f"\\\\127.0.0.1@{port}\\share\\A001.mov",
        "subfile with a network inside": f"subfile,,start,0,end,0,,:http://127.0.0.1:{port}/A001.mov",
        "concat of two": f"concat:A001.mov|http://127.0.0.1:{port}/b.mov",
        "a pipe": "pipe:0",
        "a command line option": "-i",
        "lavfi": "lavfi:testsrc",
        "tee": f"tee:A001.mov|[f=mpegts]tcp://127.0.0.1:{port}",
    }


@pytest.mark.parametrize("where", ["as the picture", "as the voice"])
def test_an_address_is_not_visited(scene: Scene, listener: Listener, where: str) -> None:
    """All kinds in one cut: each is an error of its shot."""
    clips = []
    for address in addresses(listener).values():
        clips.append(scene.clip_a())
        if where == "as the picture":
            clips[-1].media_reference.target_url = address
        else:
            clips[-1].markers[0].comment = f"audio: {address}"
    scene.write(*clips)
    ran = call("run", scene.timeline, "-o", scene.out, "--json", *QUICK)
    errors = [problem for problem in ran.json["problems"] if problem["severity"] == "error"]
    places = {problem["where"]["timecode"] for problem in errors}
    assert (ran.status, len(places), all(problem["fix"] for problem in errors)) == (2, len(clips), True)
    assert (listener.visits, scene.project.exists(), scene.out.exists()) == (0, False, False)


def test_the_good_shots_beside_a_bad_address_are_done(scene: Scene, listener: Listener) -> None:
    a = scene.clip_a()
    a.media_reference.target_url = addresses(listener)["http"]
    scene.write(a, scene.clip_b())
    document = scene.run(status=1)
    made = otio.adapters.read_from_file(str(scene.out))
    assert (listener.visits, len(document["made"])) == (0, 1)
    assert made.tracks[0][0].media_reference.target_url == addresses(listener)["http"]


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(zipfile.ZipInfo(name), content)
    return path


@pytest.mark.parametrize(
    "name", ["../evil.mov", "media/../../evil.mov", "/tmp/evil.mov", "C:\\evil.mov", "media\\..\\..\\evil.mov"]
)
def test_an_archive_with_names_that_lead_out_of_it_is_not_unpacked(
    scene: Scene, tmp_path: Path, name: str, own_home: Path
) -> None:
    (tmp_path / "deep").mkdir()
    a = scene.clip_a()
    a.media_reference.target_url = name
    content = cut.timeline(cut.track(a), rate=RATE).to_json_string().encode()
    path = archive(tmp_path / "deep" / "cut.otioz", {"content.otio": content, name: scene.a.path.read_bytes()})
    before, home = files_in(tmp_path), files_in(own_home)
    refused(call("run", path, "-o", tmp_path / "deep" / "out.otio"), "unsafe", "→")
    assert (files_in(tmp_path), files_in(own_home)) == (before, home)


@pytest.mark.parametrize("name", ["../private.mov", "media/../../private.mov"])
def test_what_is_in_an_archive_does_not_reach_beside_it(scene: Scene, tmp_path: Path, name: str) -> None:
    """A relative address in an archive is meant inside it; one that leads out finds nothing."""
    burned.make_movie(tmp_path / "private.mov", rate=RATE, frames=60, size=(160, 90))
    (tmp_path / "inbox").mkdir()
    a = scene.clip_a()
    a.media_reference.target_url = name
    content = cut.timeline(cut.track(a), rate=RATE).to_json_string().encode()
    path = archive(tmp_path / "inbox" / "cut.otioz", {"content.otio": content})
    refused(call("plan", path), "→")


@pytest.mark.parametrize("kind", ["otio", "otioz", "otiod", "another ending"])
@pytest.mark.parametrize(
    "inner", ['{"OTIO_SCHEMA":"Stack.1","children":[', "[", '{"a":'], ids=["stacks", "lists", "objects"]
)
def test_ten_thousand_levels_are_refused_before_they_are_read(tmp_path: Path, kind: str, inner: str) -> None:
    closing = {"{": "}", "[": "]"}
    content = inner * 10_000 + "".join(closing[mark] for mark in reversed([c for c in inner if c in closing])) * 10_000
    path = tmp_path / ("cut.edl" if kind == "another ending" else f"cut.{kind}")
    if kind == "otioz":
        archive(path, {"content.otio": content.encode()})
    elif kind == "otiod":
        path.mkdir()
        (path / "content.otio").write_text(content)
    else:
        path.write_text(content)
    refused(call("run", path, "-o", tmp_path / "out.otio"), "nests more than 200 levels", "→")


def canary(folder: Path, name: str) -> tuple[Path, Path]:
    """A program that leaves a trace when it runs, and where it leaves it."""
    trace, program = folder / "it ran", folder / name
    program.write_text(f"#!/bin/sh\ntouch '{trace}'\necho ffmpeg version 7.0\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program, trace


def test_settings_beside_the_timeline_name_no_program_and_no_permission(
    scene: Scene, tmp_path: Path, listener: Listener
) -> None:
    program, trace = canary(scene.folder, "ffmpeg")
    lines = {
        "ffmpeg": str(program), "engine": "command", "model": str(program), "option": [f"command.program={program}"],
        "allowed_engines": ["command"], "allowed_hosts": ["127.0.0.1"], "media_root": [str(tmp_path)], "jobs": 64,
        "project": str(tmp_path / "elsewhere"), "takes_dir": str(tmp_path / "elsewhere"), "partial": True,
        "base_url": f"http://127.0.0.1:{listener.port}", "max_cost": 1000, "yes": True, "handles": 3,
    }  # fmt: skip
    (scene.folder / "reperform.toml").write_text(
        "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
    )
    ran = call("run", scene.timeline, "-o", scene.out, "--json", *QUICK)
    warnings = [problem["message"] for problem in ran.json["problems"] if problem["severity"] == "warning"]
    assert (ran.status, listener.visits, trace.exists(), (tmp_path / "elsewhere").exists()) == (0, 0, False, False)
    assert {take["engine"] for take in ran.json["takes"]} == {"preview"}
    assert {take["frames"] for take in ran.json["takes"]} == {46, 32}, "the handles are the folder's to set"
    assert [name for name in lines if name != "handles" and f"`{name}`" not in "".join(warnings)] == []


@pytest.mark.parametrize(
    "line",
    [
        'direction = "engine: command"',
        'direction = "audio: /etc/passwd"',
        'name = "../../evil_{number}"',
        "handles = [",
    ],
)
def test_what_a_folder_may_set_cannot_be_turned_into_more(scene: Scene, tmp_path: Path, line: str) -> None:
    (scene.folder / "reperform.toml").write_text(line)
    outside = files_in(tmp_path)
    ran = call("run", scene.timeline, "-o", scene.out, *QUICK)
    assert ran.status in (0, 2)
    assert "Traceback" not in ran.err
    inside = ("scene/scene.reperform/", "scene/cut_RP.otio")
    assert [name for name in files_in(tmp_path) if name not in outside and not name.startswith(inside)] == []


def test_a_program_called_ffmpeg_beside_the_timeline_is_not_started(scene: Scene) -> None:
    _, trace = canary(scene.folder, "ffmpeg")
    canary(scene.folder, "ffmpeg.exe")
    ran = child("run", "cut.otio", "-o", "cut_RP.otio", "--json", *QUICK, cwd=scene.folder, environment={"PATH": ""})
    assert (ran.status, len(ran.json["made"]), trace.exists()) == (0, 2, False), ran.said


@pytest.mark.parametrize("engine", ["command", pytest.param("sync", marks=pytest.mark.slow)])
def test_a_mark_that_names_an_engine_is_previewed_all_the_same(scene: Scene, engine: str) -> None:
    """Who performs is the user's choice: the preview plays the part of what the mark names."""
    a = scene.clip_a(text="RP")
    a.markers[0].comment = f"angry\nengine: {engine}"
    scene.write(a, scene.clip_b())
    assert {take["engine"] for take in scene.run()["takes"]} == {"preview"}


@pytest.mark.parametrize("text", ["engine: nobody", "boxes: /etc/passwd", "boxes: ../private.json", "boxes: gone.json"])
def test_a_mark_that_names_what_cannot_be_used_stops_its_shot_alone(scene: Scene, tmp_path: Path, text: str) -> None:
    """And nothing of the file that it names is shown."""
    (tmp_path / "private.json").write_text(json.dumps({"secret": SECRET}))
    a = scene.clip_a(text="RP")
    a.markers[0].comment = f"angry\n{text}"
    scene.write(a, scene.clip_b())
    ran = call("run", scene.timeline, "-o", scene.out, *QUICK)
    refused(ran, "→", status=1)
    assert files(scene.played()) == ["A001.mov", "B001_01000004_RP001_PREVIEW.mov"]


NAMES = [
    "../../evil", "/etc/evil", "a\x00b", "x" * 400, "-rf", "CON", "ünïcödé – \u202eevil", "new\nline", "%2e%2e%2fevil",
    "{number}", " .. ",
]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, id=ascii(name)[1:20], marks=() if n < 3 else pytest.mark.slow) for n, name in enumerate(NAMES)],
)
def test_names_in_a_timeline_make_no_paths(scene: Scene, tmp_path: Path, name: str) -> None:
    a = scene.clip_a(text=f"RP: {name}" if "\x00" not in name and "\n" not in name else "RP")
    a.name = name
    a.markers[0].comment = "angry"
    made = cut.timeline(cut.track(a, name=name), rate=RATE, name=name)
    before = files_in(tmp_path)
    ran = call(
        "run", cut.save(made, scene.timeline), "-o", scene.out, "--name", "{clip}_{character}_{track}_{number}", *QUICK
    )
    assert "Traceback" not in ran.err
    assert ran.status in (0, 2), ran.said
    new = [path for path in files_in(tmp_path) if path not in before]
    assert [path for path in new if not path.startswith(("scene/scene.reperform/", "scene/cut_RP.otio"))] == []
    if ran.status == 0:
        take, account = sorted((scene.project / "takes").iterdir())
        assert (take.suffix, account.name) == (".mov", f"{take.stem}_PROVENANCE.json")
        assert [shown.number if shown else None for shown in scene.played(frames=40)] == list(range(10, 50))


def test_media_that_point_to_other_files_are_opened_alone(scene: Scene, listener: Listener) -> None:
    """A QuickTime reference movie whose picture lies in another file: its data reference is not followed."""
    movie = scene.a.path.read_bytes()
    own = b"\x00\x00\x00\x0curl \x00\x00\x00\x01"
    assert own in movie or b"alis" in movie
    address = f"http://127.0.0.1:{listener.port}/a.mov".encode() + b"\x00"
    foreign = (12 + len(address)).to_bytes(4, "big") + b"url \x00\x00\x00\x00" + address
    place = movie.find(own)
    changed = movie[:place] + foreign[: len(own)] + movie[place + len(own) :] if place >= 0 else movie
    scene.a.path.write_bytes(changed)
    ran = call("run", scene.timeline, "-o", scene.out, *QUICK)
    assert (listener.visits, "Traceback" in ran.err) == (0, False)


def test_links_are_the_users_own_but_devices_and_pipes_are_not_waited_for(scene: Scene, tmp_path: Path) -> None:
    (scene.folder / "A001.mov").unlink()
    os.mkfifo(scene.folder / "A001.mov")
    (scene.folder / "B001.mov").rename(tmp_path / "raid.mov")
    (scene.folder / "B001.mov").symlink_to(tmp_path / "raid.mov")
    document: dict[str, Any] = scene.run(status=1)
    assert [take["source_name"] for take in document["takes"]] == ["B001.mov"]
