"""Which frame of the online media is which: drop-frame, 23.976, midnight, cuts that count from zero, retimed shots, lost sound."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest

import burned
from online.online_kit import QUICK, Camera, Offline, conform, run_again
from reperform.media.probing import probe
from reperform.timing import format_timecode
from whole import cut_kit as cut
from whole.command_kit import run

NTSC, FILM = Fraction(30000, 1001), Fraction(24000, 1001)
LIGHT: dict[str, Any] = {"codec": "mjpeg", "size": (264, 144), "channels": 1}
CUE = ("RP: angry", 14, 8)


def offline_cut(folder: Path, camera: Camera, *, zero_based: bool = False, **other: Any) -> Offline:
    """One clip: frames 6 to 36 of the proxy, of which 14 to 22 are marked. Run."""
    rushes = camera.proxy(folder / "proxies", **other)
    if zero_based:
        rushes = replace(rushes, start=0)
    clip = cut.clip(rushes, 6, 30, marks=[CUE], url=f"proxies/{rushes.path.name}")
    cut.save(cut.timeline(cut.track(clip), start=camera.hour, rate=camera.rate), folder / "cut.otio")
    run(folder / "cut.otio", folder / "cut_RP.otio", *QUICK)
    return Offline(folder)


def shown(path: Path, rate: Fraction) -> list[int | None]:
    return [each.number if each else None for each in cut.play(path, rate=rate, frames=30)]


@pytest.mark.parametrize(
    ("rate", "start"),
    [
        pytest.param(NTSC, "01:00:59;20", id="29.97 drop-frame over a minute"),
        pytest.param(FILM, "14:22:10:05", id="23.976"),
    ],
)
def test_timecode_of_every_kind(tmp_path: Path, rate: Fraction, start: str) -> None:
    """The same frames, take and EDL at the timecode that the online file has."""
    camera = Camera("A001C001", "A001", start, rate=rate, frames=48)
    offline = offline_cut(tmp_path / "cut", camera)
    camera.original(tmp_path / "online", **LIGHT)
    document = conform(offline, tmp_path / "online", "--lists", "edl,ale")
    assert shown(offline.new, rate) == list(range(106, 136))
    [take] = document["takes"]
    made = probe(Path(take["path"]))
    drop = ";" in start
    assert (made.start_frame, made.drop_frame) == (camera.start_frame - 6, drop)
    first, end = (format_timecode(camera.start_frame + at, rate, drop_frame=drop) for at in (6, 36))
    text = offline.new.with_suffix(".edl").read_text()
    assert f"A001_RP00{take['number']} V     C        {first} {end} " in text
    [event] = otio.adapters.read_from_string(text, "cmx_3600", rate=float(rate)).tracks[0]
    assert (int(event.source_range.start_time.value), int(event.source_range.duration.value)) == (
        camera.start_frame + 6, 30,
    )  # fmt: skip
    log = otio.adapters.read_from_file(str(offline.new.with_suffix(".ale")), fps=float(rate))
    assert [int(clip.source_range.start_time.value) for clip in log] == [made.start_frame]
    run_again(offline)


def test_a_cut_that_counts_from_zero_goes_on_counting_from_the_file_s_start(tmp_path: Path) -> None:
    """Its source range and its mark move with the handle; run again, the same frames are marked."""
    camera = Camera("A001C001", "A001", "01:00:00:00", frames=48)
    offline = offline_cut(tmp_path / "cut", camera, zero_based=True)
    camera.original(tmp_path / "online", **LIGHT)
    conform(offline, tmp_path / "online")
    made = otio.adapters.read_from_file(str(offline.new))
    clip = made.tracks[0][0]
    assert clip.media_references()["DEFAULT_MEDIA"].available_range.start_time.value == 0
    assert clip.source_range.start_time.value == 6 + 12
    assert clip.markers[0].marked_range.start_time.value == 14 + 12
    assert shown(offline.new, camera.rate) == list(range(106, 136))
    run_again(offline)


def test_a_handle_in_the_day_before(tmp_path: Path) -> None:
    """A proxy that begins at midnight; its original begins half a second before it."""
    camera = Camera("A001C001", "A001", "00:00:00:00", frames=48)
    offline = offline_cut(tmp_path / "cut", camera)
    camera.original(tmp_path / "online", timecode="23:59:59:12", **LIGHT)
    conform(offline, tmp_path / "online")
    assert shown(offline.new, camera.rate) == list(range(106, 136))


def test_media_that_is_gone_is_known_from_when_it_was_performed(tmp_path: Path) -> None:
    """No proxy, and no guide: pictures are told by the ledger, and the voice by the take that it is heard in."""
    camera = Camera("A001C001", "A001", "01:00:00:00", frames=48)
    folder = tmp_path / "cut"
    rushes = camera.proxy(folder / "proxies")
    burned.make_wave(folder / "guide.wav", samples=80000, start=5_000_000)
    clip = cut.clip(rushes, 6, 30, marks=[CUE], url=f"proxies/{rushes.path.name}")
    guide = cut.track(
        cut.guide(folder / "guide.wav", Fraction(0), Fraction(30, 24), camera.rate), name="ADR", audio=True
    )
    cut.save(cut.timeline(cut.track(clip), guide, start=camera.hour, rate=camera.rate), folder / "cut.otio")
    run(folder / "cut.otio", folder / "cut_RP.otio", *QUICK)
    shutil.rmtree(folder / "proxies")
    (folder / "guide.wav").unlink()
    camera.original(tmp_path / "online", **LIGHT)
    document = conform(offline := Offline(folder), tmp_path / "online")
    assert shown(offline.new, camera.rate) == list(range(106, 136))
    [take] = document["takes"]
    heard = np.rint(burned.sound(Path(take["path"])) * 2**23)[:, 0]
    at = (CUE[1] - (take["in_frame"] - 12)) * 2000
    voice = burned.noise(8 * 2000, start=5_000_000 + (CUE[1] - 6) * 2000).astype(np.int64)[:, 0] * 256
    assert np.array_equal(heard[at : at + 16000][480:-480], voice[480:-480])
    assert any("“guide.wav” is not there any more" in each["message"] for each in document["problems"])


def test_online_media_without_sound_keeps_the_sound_of_the_offline(tmp_path: Path) -> None:
    """The take has the proxy's sound, at the same timecode, and that is said."""
    camera = Camera("A001C001", "A001", "01:00:00:00", frames=48)
    offline = offline_cut(tmp_path / "cut", camera)
    camera.original(tmp_path / "online", **{**LIGHT, "channels": 0})
    document = conform(offline, tmp_path / "online")
    [take] = document["takes"]
    heard = np.rint(burned.sound(Path(take["path"])) * 2**23)[:, 0]
    # Before the proxy began there is nothing to hear.
    before = max(0, 12 - take["in_frame"])
    first = (100 + take["in_frame"] - 12 + before) * 2000
    frames = min(take["frames"] - before, 48)
    theirs = burned.noise(frames * 2000, start=first).astype(np.int64)[:, 0] * 256
    found = heard[before * 2000 :][: len(theirs)]
    assert np.abs(found - theirs).max() <= 256
    assert any("has no sound: it is that of A001C001.mov" in each["message"] for each in document["problems"])


@pytest.mark.parametrize(
    "speed",
    [pytest.param(2.0, marks=pytest.mark.slow, id="twice as fast"), pytest.param(-1.0, id="backward")],
)
def test_a_retimed_shot_shows_the_frames_that_it_showed(tmp_path: Path, speed: float) -> None:
    """On the record's clock: the take lies above without the retime, as before, now of online pictures."""
    camera = Camera("A001C001", "A001", "01:00:00:00", frames=60)
    folder = tmp_path / "cut"
    rushes = camera.proxy(folder / "proxies")
    clip = cut.clip(rushes, 10, 20, marks=[("RP: angry", 14, 8)], url=f"proxies/{rushes.path.name}")
    clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=speed))
    burned.make_wave(folder / "guide.wav", samples=80000, start=5_000_000)
    guide = cut.track(
        cut.guide(folder / "guide.wav", Fraction(0), Fraction(20, 24), camera.rate), name="ADR", audio=True
    )
    cut.save(cut.timeline(cut.track(clip), guide, start=camera.hour, rate=camera.rate), folder / "cut.otio")
    run(folder / "cut.otio", folder / "cut_RP.otio", *QUICK)
    offline = Offline(folder)
    camera.original(tmp_path / "online", **LIGHT)
    document = conform(offline, tmp_path / "online")
    expected = [110 + 2 * n for n in range(20)] if speed > 0 else [129 - n for n in range(20)]
    for path in (offline.out, offline.new):
        played = cut.play(path, rate=camera.rate, frames=20, only="Takes 1")
        assert [each.number if each else None for each in played] == expected
    [take] = document["takes"]
    assert (probe(Path(take["path"])).width, take["reel"]) == (264, None)
    assert conform(offline, tmp_path / "online")["made"] == []
    run_again(offline)
