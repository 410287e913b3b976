"""The preview is an engine like the others: what it returns is as long as what it was sent, with its label in the cue only."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import anyio
import numpy as np
import pytest

import burned
from media_kit import job_of, shot_over, tone
from reperform import engines
from reperform.direction import Direction
from reperform.engines.base import Engine, JobOrder, Prepared, SegmentOrder
from reperform.engines.preview import PreviewEngine, first_frame
from reperform.errors import JobFailed, SettingsError
from reperform.media import extracting
from reperform.media.labelling import drawn
from reperform.media.probing import probe
from reperform.model import PlanSettings
from reperform.timing import FrameRange, wire_seconds

Movie = Callable[..., Path]
RATE = Fraction(24000, 1001)
ANGRY = Direction(emotion="angry", region="head")


def prepared_in(folder: Path, movie: Movie, *, speaks: bool = False) -> Prepared:
    shot = shot_over(probe(movie("a.mp4", rate=RATE, frames=50)))
    job = job_of(shot, FrameRange(4, 40))
    sound = None if speaks else tone
    return extracting.extract(shot, job, folder=folder, name="attempt_7", sound=sound, settings=PlanSettings())


def order_of(start: int, end: int, *, results: int = 1) -> JobOrder:
    segment = SegmentOrder(
        start_seconds=wire_seconds(start, RATE), end_seconds=wire_seconds(end, RATE), direction=ANGRY
    )
    return JobOrder(
        model="preview",
        rate=RATE,
        frames=40,
        seconds=40 / RATE,
        width=320,
        height=180,
        segments=(segment,),
        results=results,
    )


def performed(engine: Engine, prepared: Prepared, order: JobOrder, into: Path) -> list[Path]:
    async def steps() -> list[Path]:
        addresses = await engine.upload(prepared, order, lambda *_: None)
        submitted = await engine.submit(prepared, order, addresses)
        finished = await engine.wait(submitted, lambda *_: None)
        paths = [into / f"result_{output.number}.mp4" for output in finished.outputs]
        for output, path in zip(finished.outputs, paths, strict=True):
            await engine.fetch(output, path)
        return paths

    return anyio.run(steps)


def labelled(path: Path, sent: Path) -> list[int]:
    """The frames whose label region differs from what was sent."""
    pairs = zip(burned.pictures(path), burned.pictures(sent), strict=True)
    return [n for n, (got, was) in enumerate(pairs) if np.abs(got.astype(int) - was)[120:150, 10:120].mean() > 8]


def test_it_is_found_under_its_name() -> None:
    assert isinstance(engines.get("preview"), PreviewEngine)


def test_every_frame_returns_with_the_label_inside_the_cue_only(movie: Movie, tmp_path: Path) -> None:
    prepared = prepared_in(tmp_path, movie)
    [path] = performed(PreviewEngine(), prepared, order_of(8, 31), tmp_path)
    assert burned.numbers(path) == list(range(4, 44))
    assert labelled(path, prepared.video) == list(range(8, 31))
    assert (probe(path).rate, probe(path).frames, probe(path).codec) == (RATE, 40, "h264")


def test_the_voice_that_was_sent_is_laid_in_from_the_first_frame(movie: Movie, tmp_path: Path) -> None:
    prepared = prepared_in(tmp_path, movie)
    [path] = performed(PreviewEngine(), prepared, order_of(0, 40), tmp_path)
    assert prepared.audio is not None
    sent, returned = burned.sound(prepared.audio)[:, 0], burned.sound(path)[:, 0]
    [stream] = probe(path).audio
    assert (stream.codec, stream.rate, stream.start_sample) == ("aac", 48000, 0)
    assert len(returned) >= len(sent) == 80080
    assert np.abs(returned[2000:78000] - sent[2000:78000]).mean() < 0.01


def test_without_its_label_the_picture_is_what_was_sent(movie: Movie, tmp_path: Path) -> None:
    prepared = prepared_in(tmp_path, movie)
    [path] = performed(PreviewEngine(label=False), prepared, order_of(0, 40), tmp_path)
    assert labelled(path, prepared.video) == []


def test_each_result_says_which_it_is(movie: Movie, tmp_path: Path) -> None:
    prepared = prepared_in(tmp_path, movie)
    first, second = performed(PreviewEngine(), prepared, order_of(0, 40, results=2), tmp_path)
    shown = [next(burned.pictures(path))[120:150].astype(int) for path in (first, second)]
    assert np.abs(shown[0] - shown[1]).max() > 60
    assert burned.numbers(second) == list(range(4, 44))


def test_the_same_order_gives_the_same_file(movie: Movie, tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        prepared = prepared_in(tmp_path / name, movie)
        [path] = performed(PreviewEngine(), prepared, order_of(3, 9), tmp_path / name)
        made.append(path.read_bytes())
    assert made[0] == made[1]


def test_a_line_to_be_spoken_is_shown_over_silence(movie: Movie, tmp_path: Path) -> None:
    [path] = performed(PreviewEngine(), prepared_in(tmp_path, movie, speaks=True), order_of(0, 40), tmp_path)
    assert np.abs(burned.sound(path)).max() == 0
    assert probe(path).frames == 40


def test_after_a_restart_it_waits_for_the_same_job(movie: Movie, tmp_path: Path) -> None:
    prepared, order = prepared_in(tmp_path, movie), order_of(0, 5)

    async def steps() -> list[str]:
        nothing = lambda *_: None  # noqa: E731
        before = PreviewEngine()
        submitted = await before.submit(prepared, order, await before.upload(prepared, order, nothing))
        finished = [await PreviewEngine().wait(submitted, nothing) for _ in range(2)]
        return [output.address for one in finished for output in one.outputs]

    first, again = anyio.run(steps)
    assert first == again


@pytest.mark.parametrize("gone", ["attempt_7.order.json", "attempt_7.mp4"])
def test_a_job_whose_work_files_are_gone_fails_with_a_word(movie: Movie, tmp_path: Path, gone: str) -> None:
    prepared, order = prepared_in(tmp_path, movie), order_of(0, 5)

    async def steps() -> None:
        engine = PreviewEngine()
        submitted = await engine.submit(prepared, order, await engine.upload(prepared, order, lambda *_: None))
        (tmp_path / gone).unlink()
        await engine.wait(submitted, lambda *_: None)

    with pytest.raises(JobFailed, match="work files"):
        anyio.run(steps)


def test_it_stops_when_it_is_cancelled(movie: Movie, tmp_path: Path) -> None:
    prepared, order = prepared_in(tmp_path, movie), order_of(0, 40)

    async def steps() -> None:
        engine = PreviewEngine()
        submitted = await engine.submit(prepared, order, await engine.upload(prepared, order, lambda *_: None))
        with anyio.CancelScope() as scope:
            await engine.wait(submitted, lambda *_: scope.cancel())

    anyio.run(steps)
    # The thread that was left behind cleans up in its own time.
    patience = time.monotonic() + 10
    while list(tmp_path.glob("*.part.*")) and time.monotonic() < patience:
        time.sleep(0.02)
    assert [path.name for path in tmp_path.glob("*result*")] == []


def test_progress_goes_from_nothing_to_all(movie: Movie, tmp_path: Path) -> None:
    prepared, order = prepared_in(tmp_path, movie), order_of(0, 40)
    said: list[float] = []

    async def steps() -> None:
        engine = PreviewEngine()
        submitted = await engine.submit(prepared, order, await engine.upload(prepared, order, lambda *_: None))
        await engine.wait(submitted, lambda _, part: said.append(part or 0))

    anyio.run(steps)
    assert said == sorted(said)
    assert (len(said) <= 20, said[-1]) == (True, 1.0)


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), Fraction(60), Fraction(120000, 1001)], ids=str)
def test_wire_seconds_lead_back_to_their_frame(rate: Fraction) -> None:
    back = [first_frame(wire_seconds(frame, rate), rate) for frame in range(500)]
    assert all(abs(found - frame) <= (1 if rate > 100 else 0) for frame, found in enumerate(back))


def test_it_keeps_the_limits_of_the_model_whose_part_it_plays() -> None:
    react, like = engines.get("sync").capabilities("react-1"), PreviewEngine().capabilities("preview")
    assert (like.engine, like.longest_input_seconds, like.emotions) == (
        "preview",
        react.longest_input_seconds,
        react.emotions,
    )
    assert (like.price.amount, like.environment, like.hosts, like.upload_note) == (Fraction(0), (), (), None)
    assert PreviewEngine().capabilities("sync/sync-3").segments
    assert PreviewEngine(like=engines.get("sync").capabilities("sync-3")).capabilities("preview").segments


@pytest.mark.parametrize("model", ["preview/preview", "nobody/x", "sync/nothing"])
def test_it_plays_no_part_that_does_not_exist(model: str) -> None:
    with pytest.raises(SettingsError):
        PreviewEngine().capabilities(model)


def test_what_it_shows_is_what_a_cue_is_claimed_by() -> None:
    shown = PreviewEngine().parameters(Direction(emotion="sad", takes=2, note="softly", character="MARA"), "preview")
    assert shown == {"emotion": "sad", "sync": "cut_off", "label": True}


@pytest.mark.parametrize("size", [(64, 64), (320, 180), (1080, 1920), (4096, 2160)], ids=str)
def test_the_label_stays_inside_the_picture(size: tuple[int, int]) -> None:
    image = drawn("PREVIEW · disgusted · head · take 4", width=size[0], height=size[1])
    assert image.shape[1] <= size[0] * 0.95
    assert image.shape[0] <= size[1] / 3
    assert image.shape[0] % 2 == image.shape[1] % 2 == 0
