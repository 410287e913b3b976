"""A cut of two proxies that was run once, and the camera originals of both; each test goes on from a copy of the cut."""

from __future__ import annotations

import os
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

import burned
from online.online_kit import QUICK, Camera, Offline
from whole import cut_kit as cut
from whole.command_kit import run

RATE = Fraction(24)
A = Camera("A001C003", "A001C003", "01:00:00:00")
B = Camera("B002C001", "B002", "14:22:10:05", first=300)


@pytest.fixture(scope="session")
def cameras() -> tuple[Camera, Camera]:
    """What was recorded: frames 100 and 300 onward."""
    return A, B


@pytest.fixture(scope="session")
def performed(tmp_path_factory: pytest.TempPathFactory) -> Offline:
    """A for 40 frames from its 6th, B for 30 from its 10th, A again, unmarked; a guide over the first; two takes of it."""
    folder = tmp_path_factory.mktemp("offline") / "cut"
    a, b = A.proxy(folder / "proxies"), B.proxy(folder / "proxies")
    uses = [(a, 6, 40, [("RP: angry; takes: 2", 14, 12)]), (b, 10, 30, [("RP: sad", 18, 10)]), (a, 30, 12, [])]
    pictures = [cut.clip(m, first, n, marks=marks, url=f"proxies/{m.path.name}") for m, first, n, marks in uses]
    sounds = [cut.clip(m, first, n, url=f"proxies/{m.path.name}") for m, first, n, _ in uses]
    burned.make_wave(folder / "guide.wav", samples=80000, start=5_000_000)
    guide = cut.guide(folder / "guide.wav", Fraction(0), Fraction(40, 24), RATE)
    made = cut.timeline(
        cut.track(*pictures),
        cut.track(*sounds, name="A1", audio=True),
        cut.track(guide, name="ADR", audio=True),
        start=86400,
        rate=RATE,
    )
    cut.save(made, folder / "cut.otio")
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(folder.parent / "state")
    try:
        run(folder / "cut.otio", folder / "cut_RP.otio", *QUICK)
    finally:
        os.environ.pop("XDG_STATE_HOME") if before is None else os.environ.update({"XDG_STATE_HOME": before})
    return Offline(folder)


@pytest.fixture(scope="session")
def online(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ProRes and DNxHR, with handles, in other folders, one under a longer name."""
    folder = tmp_path_factory.mktemp("online")
    A.original(folder / "CARD 1")
    B.original(folder / "day 2" / "B002", codec="dnxhr", name="B002C001_221120_R1AB")
    return folder


@pytest.fixture
def offline(performed: Offline, tmp_path: Path) -> Offline:
    """The cut and what was made of it, in a folder of its own."""
    shutil.copytree(performed.folder, tmp_path / "cut")
    return Offline(tmp_path / "cut")
