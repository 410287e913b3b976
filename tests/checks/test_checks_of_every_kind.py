"""`reperform check` on takes of every kind: retimed, image sequences, made again online, with several sound tracks and with none."""

from __future__ import annotations

import dataclasses
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

import burned
import conforms
from formats.formats_kit import CUE, FRAMES, KINDS, LONG, Kind
from online.online_kit import Camera, Offline, conform
from reperform.media.probing import probe
from retimes import retimed_cut
from whole import cut_kit as cut
from whole.command_kit import call, run

RATE = Fraction(25)
QUICK = ("--like", "runware/react-1", "--no-label")
BY_NAME = {kind.name: kind for kind in KINDS}


def agrees(out: Path, made: list[dict[str, Any]]) -> None:
    """The verdicts of now are those of when the takes were made, and all are good."""
    ran = call("check", out, "--json", "-o", out.with_suffix(".html"))
    assert (ran.status, ran.json["problems"]) == (0, []), ran.said
    now = {take["take"]: take["checks"] for take in ran.json["takes"]}
    assert now == {take["id"]: take["checks"] for take in made}
    assert [check["name"] for checks in now.values() for check in checks if not check["passed"]] == []
    page = out.with_suffix(".html").read_text(encoding="utf-8")
    assert (page.count("first of the cue"), "no picture" in page) == (len(made), False)


def failing(out: Path) -> dict[str, list[str]]:
    """The names of the checks that fail, by the source's name."""
    ran = call("check", out, "--json")
    assert ran.status == 1, ran.said
    return {
        take["clip"]: [check["name"] for check in take["checks"] if not check["passed"]]
        for take in ran.json["takes"]
        if not take["passed"]
    }


@pytest.fixture(scope="module")
def retimed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Twice as fast, backward, and by a curve."""
    folder = tmp_path_factory.mktemp("retimed")
    rushes = [retimed_cut.film(folder, RATE, codec) for codec in ("prores", "h264")]
    names = ("2x", "backward", "ramp")
    items = [retimed_cut.marked(retimed_cut.KINDS[name], rushes[n % 2], RATE, name) for n, name in enumerate(names)]
    retimed_cut.save_cut(folder / "cut.otio", items, RATE)
    return folder / "out.otio", run(folder / "cut.otio", folder / "out.otio", *QUICK)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Two image sequences, one film with 5.1 and a mono track, one of eight mono tracks, one without sound."""
    folder = tmp_path_factory.mktemp("heard")
    names = ("5.1 and a mono track", "eight mono tracks", "no sound", "a PNG sequence", "a 10-bit DPX sequence")
    burned.make_wave(folder / "voice.wav", samples=24000)
    kinds = [_as_wide(BY_NAME[name], 320 + 16 * number) for number, name in enumerate(names)]
    made = cut.timeline(cut.track(*(clip(kind, folder) for kind in kinds)), start=86400, rate=Fraction(24))
    cut.save(made, folder / "cut.otio")
    return folder / "out.otio", run(folder / "cut.otio", folder / "out.otio", *QUICK)


def _as_wide(kind: Kind, width: int) -> Kind:
    """Of a size of its own: equal pictures under equal voices are one performance."""
    return dataclasses.replace(kind, size=(width, 180))


def clip(kind: Kind, folder: Path) -> otio.schema.Clip:
    path = kind.make(folder)
    start = 0 if kind.is_sequence else probe(path).start_frame or 0
    available = cut.span(start, FRAMES, kind.rate)
    reference: Any = otio.schema.ExternalReference(path.as_uri(), available)
    if kind.is_sequence:
        ends = path.name.split("%04d")
        place = f"{path.parent.as_uri()}/"
        reference = otio.schema.ImageSequenceReference(place, *ends, 1, 1, 24.0, 4, available_range=available)
    made = otio.schema.Clip(kind.name, reference, available)
    made.markers.append(cut.mark("RP: angry, audio: voice.wav", start + CUE, LONG, kind.rate))
    return made


def copied(made: tuple[Path, dict[str, Any]], into: Path) -> Path:
    """The cut in a folder of its own."""
    shutil.copytree(made[0].parent, into)
    return into / made[0].name


@pytest.mark.slow
def test_retimed_takes_are_checked_on_their_own_clock(retimed: tuple[Path, dict[str, Any]]) -> None:
    """The original is seen as the cut retimes it."""
    agrees(retimed[0], retimed[1]["takes"])


@pytest.mark.slow
def test_a_retimed_take_that_was_harmed_fails(retimed: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    """One of its untouched frames."""
    out = copied(retimed, tmp_path / "cut")
    take = next(path for path in (tmp_path / "cut").glob("*.reperform/takes/prores*.mov"))
    harm(take, conforms.packets(take)[0])
    [(_, names)] = failing(out).items()
    assert "untouched packets" in names


def test_sequences_and_takes_of_any_sound_are_checked(heard: tuple[Path, dict[str, Any]]) -> None:
    """Each track is listened to; where nothing was filmed with sound the voice is heard alone."""
    agrees(heard[0], heard[1]["takes"])
    details = {take["source_name"]: take["checks"] for take in heard[1]["takes"]}
    assert {len(checks) > 12 for checks in details.values()} == {True}


@pytest.mark.slow
def test_one_file_of_a_sequence_that_was_exchanged_fails(heard: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    """By a picture of the same sequence: only its bytes say so."""
    out = copied(heard, tmp_path / "cut")
    pictures = sorted((tmp_path / "cut").glob("*.reperform/takes/*/*.dpx"))
    shutil.copyfile(pictures[1], pictures[2])
    assert failing(out) == {"a 10-bit DPX sequence": ["untouched pictures"]}


@pytest.mark.slow
def test_a_wave_beside_a_sequence_that_is_not_the_takes_fails(
    heard: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    """It was cut short."""
    out = copied(heard, tmp_path / "cut")
    for wave in (tmp_path / "cut").glob("*.reperform/takes/*PNG*.wav"):
        burned.make_wave(wave, samples=20000)
    assert failing(out) == {"a PNG sequence": ["sound streams"]}


@pytest.fixture(scope="module")
def online(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A cut of a proxy that was run, and conformed to the camera's original."""
    folder = tmp_path_factory.mktemp("online")
    camera = Camera("A001C003", "A001C003", "01:00:00:00")
    proxy = camera.proxy(folder / "cut" / "proxies")
    camera.original(folder / "card")
    shown = cut.clip(proxy, 6, 40, marks=[("RP: angry", 14, 12)], url="proxies/A001C003.mov")
    cut.save(cut.timeline(cut.track(shown), start=86400, rate=Fraction(24)), folder / "cut" / "cut.otio")
    run(folder / "cut" / "cut.otio", folder / "cut" / "cut_RP.otio", *QUICK)
    offline = Offline(folder / "cut")
    return offline.new, conform(offline, folder / "card")


@pytest.mark.slow
def test_online_takes_are_checked_against_the_cameras_original(online: tuple[Path, dict[str, Any]]) -> None:
    """Those that stand in the online cut; its own files are looked at, not the proxy's."""
    ran = call("check", online[0], "--json")
    assert (ran.status, ran.json["problems"]) == (0, []), ran.said
    checks = {take["take"]: take["checks"] for take in ran.json["takes"]}
    for take in online[1]["takes"]:
        assert checks[take["id"]] == take["checks"]
        detail = next(check["detail"] for check in take["checks"] if check["name"] == "raster")
        assert detail.startswith("528×288")


@pytest.mark.slow
def test_an_online_take_that_was_harmed_fails(online: tuple[Path, dict[str, Any]]) -> None:
    """Its copied packets are the camera's, or it fails."""
    take = Path(online[1]["takes"][0]["path"])
    before = take.read_bytes()
    harm(take, conforms.packets(take)[1])
    assert list(failing(online[0]).values()) == [["untouched packets"]]
    take.write_bytes(before)


def harm(take: Path, packet: bytes) -> None:
    """One bit of this packet."""
    data = bytearray(take.read_bytes())
    data[data.find(packet) + 400] ^= 1
    take.write_bytes(data)
