"""FFmpeg is found in a fixed order, is fed without stalling, never outlives its use, and opens nothing by guessing."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import ffmpeg as graphs
import pytest

from reperform.errors import FFmpegFailed, FFmpegMissing, exit_code
from reperform.media import ffmpeg, ffmpeg_finding

RAW = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "64x64", "-r", "25", "-i", "pipe:0"]
OUT = ["-f", "rawvideo", "pipe:1"]


def program(path: Path) -> Path:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_order_is_setting_environment_bundled_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ffmpeg_finding.ENVIRONMENT:
        monkeypatch.delenv(variable, raising=False)
    on_path = program(tmp_path / "ffmpeg")
    monkeypatch.setenv("PATH", str(tmp_path))
    bundled = ffmpeg_finding.find()
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program(tmp_path / "second")))
    second = ffmpeg_finding.find()
    monkeypatch.setenv("REPERFORM_FFMPEG", str(program(tmp_path / "first")))
    first = ffmpeg_finding.find()
    setting = ffmpeg_finding.find(program(tmp_path / "setting"))
    assert "imageio_ffmpeg" in bundled.parts
    assert [second, first, setting] == [tmp_path / "second", tmp_path / "first", tmp_path / "setting"]
    monkeypatch.delenv("REPERFORM_FFMPEG")
    monkeypatch.delenv("IMAGEIO_FFMPEG_EXE")
    monkeypatch.setattr(ffmpeg_finding, "_bundled", lambda: None)
    assert ffmpeg_finding.find() == on_path
    on_path.unlink()
    with pytest.raises(FFmpegMissing) as caught:
        ffmpeg_finding.find()
    assert (exit_code(caught.value), "imageio-ffmpeg" in (caught.value.fix or "")) == (2, True)


def test_a_named_ffmpeg_that_is_not_there_is_an_error_not_a_reason_to_take_another(tmp_path: Path) -> None:
    with pytest.raises(FFmpegMissing, match="nowhere"):
        ffmpeg_finding.find(tmp_path / "nowhere")


def test_its_version_is_known() -> None:
    assert re.search(r"\d+\.\d+", ffmpeg.version(ffmpeg_finding.find()))


def test_what_is_no_ffmpeg_is_told(tmp_path: Path) -> None:
    with pytest.raises(FFmpegFailed, match="is not FFmpeg"):
        ffmpeg.version(program(tmp_path / "ffmpeg"))


def test_pictures_go_through_pipes_unchanged_in_more_than_any_pipe_holds() -> None:
    blocks = [bytes([n]) * 4096 for n in range(250)]
    assert ffmpeg.run([*RAW, *OUT], input=blocks) == b"".join(blocks)


def test_a_graph_of_ffmpeg_python_runs_the_same_way() -> None:
    graph = graphs.input("pipe:0", f="rawvideo", pix_fmt="gray", s="64x64").vflip().output("pipe:1", f="rawvideo")
    picture = bytes(range(64)) * 64
    assert ffmpeg.run(graph, input=[picture]) == picture


def test_a_failure_keeps_the_end_of_what_ffmpeg_said() -> None:
    with pytest.raises(FFmpegFailed) as caught:
        ffmpeg.run([*RAW, "-vf", "nosuchfilter", *OUT], input=[bytes(4096)])
    assert "nosuchfilter" in (caught.value.cause or "")


def test_every_input_names_its_format() -> None:
    with pytest.raises(ValueError, match="-f"):
        ffmpeg.run(["-i", "a.mov", *OUT])


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/a.mov", "tcp://127.0.0.1:9", "concat:a|b", "data:,x"])
def test_nothing_but_files_and_pipes_is_opened(address: str) -> None:
    with pytest.raises(FFmpegFailed) as caught:
        ffmpeg.run(["-f", "mov", "-i", address, *OUT])
    assert "whitelist" in (caught.value.cause or "")


def test_an_error_of_what_feeds_it_ends_ffmpeg_and_is_raised() -> None:
    def blocks() -> Iterator[bytes]:
        yield bytes(4096)
        raise LookupError("the picture is gone")

    with pytest.raises(LookupError, match="the picture is gone"):
        ffmpeg.run([*RAW, *OUT], input=blocks())


def test_it_ends_and_what_feeds_it_is_closed_when_no_one_listens_any_more() -> None:
    closed = threading.Event()

    def blocks() -> Iterator[bytes]:
        try:
            while True:
                yield bytes(4096)
        finally:
            closed.set()

    children = set(_children())
    reading = ffmpeg.stream([*RAW, *OUT], input=blocks())
    assert next(reading)
    reading.close()  # type: ignore[attr-defined]  # it is a generator
    assert closed.wait(5)
    assert set(_children()) <= children


def test_it_may_stop_reading_before_all_is_fed() -> None:
    blocks = (bytes(4096) for _ in range(5000))
    assert len(ffmpeg.run([*RAW, "-frames:v", "2", *OUT], input=blocks)) == 8192


def test_one_that_feeds_another_does_not_wait_for_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "_slots", threading.BoundedSemaphore(1))

    def blocks() -> Iterator[bytes]:
        yield ffmpeg.run([*RAW, *OUT], input=[bytes(4096)])

    started = time.monotonic()
    assert len(ffmpeg.run([*RAW, *OUT], input=blocks())) == 4096
    assert time.monotonic() - started < 10


def _children() -> list[str]:
    tasks = Path(f"/proc/{os.getpid()}/task")
    return [child for task in tasks.glob("*/children") for child in task.read_text().split()] if tasks.exists() else []
