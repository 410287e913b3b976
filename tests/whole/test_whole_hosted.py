"""Runware and Segmind as a person calls them: a small cut, from the mark to the take."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

import burned
from reperform.emulator import Emulator
from whole.command_kit import call
from whole.cut_kit import Rushes, clip, save, timeline, track

RATE = Fraction(25)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cut")
    film = burned.make_movie(
        folder / "A001C001.mov", rate=RATE, frames=50, codec="mjpeg", timecode="10:00:00:00", channels=1, size=(160, 90)
    )
    marks = [("RP: angry", 4, 5), ("RP: sad; takes: 2", 36, 5)]
    made = timeline(track(clip(Rushes(film, RATE, 50, start=10 * 3600 * 25), 0, 50, marks=marks)), rate=RATE)
    return save(made, folder / "cut.otio")


@pytest.mark.parametrize(
    ("engine", "options", "variable", "results"),
    [
        ("runware", (), "RUNWARE_API_KEY", [1, 2]),
        ("runware", ("--model", "sync-3", "--option", "runware.upload=inline"), "RUNWARE_API_KEY", [1, 2]),
        ("segmind", ("--allow-unknown-cost",), "SEGMIND_API_KEY", [1, 1, 1]),
    ],
    ids=["runware react-1", "runware sync-3", "segmind"],
)
def test_a_cut_is_performed(
    engine: str,
    options: tuple[str, ...],
    variable: str,
    results: list[int],
    emulator: Emulator,
    cut: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As many takes as asked for, every job billed once, and the cost that was said is the bill's."""
    emulator.world.billed.clear()
    monkeypatch.setenv(variable, emulator.key(engine))
    performed = ("--engine", engine, "--context", "0", "--base-url", emulator.base_url, *options)
    project = tmp_path / "cut.reperform"
    ran = call("run", cut, "-o", tmp_path / "out.otio", "--project", project, *performed)
    assert ran.status == 0, ran.said
    document = call("status", "--project", project, "--json").json
    assert {each["state"] for each in document["attempts"]} == {"fetched"}
    assert len(document["attempts"]) == len(emulator.billed)
    assert sorted(bill.results for bill in emulator.billed) == results
    assert document["cost"]["amount"] == pytest.approx(sum(bill.usd for bill in emulator.billed), abs=0.001)
    assert emulator.leaks == []
