"""Paid takes follow for nothing: the emulator bills what `--fill` is asked for, once, and nothing else."""

from __future__ import annotations

from pathlib import Path

from hosted.conftest import emulator, hosting, hurried, media, running
from hosted.hosted_kit import PATHS, Hosting
from whole.command_kit import Ran, call

__all__ = ["emulator", "hosting", "hurried", "media", "running"]

REACT = PATHS[0]


def reattach(hosting: Hosting, new: Path, *more: str) -> Ran:
    return call("reattach", new, "-o", hosting.folder / "new_RP.otio", "--json", *more)


def test_only_what_is_filled_in_is_billed(hosting: Hosting) -> None:
    """Dialogue from cut to cut, paid for; then moved, and four frames longer. One small job fills them, priced before."""
    hosting.write(first=4, frames=12, marks=[("RP: angry", 4, 12)])
    assert hosting.run(REACT).status == 0
    assert hosting.bills() == 1
    moved = hosting.write(first=4, frames=12, marks=[], before=9, name="moved.otio")
    ran = reattach(hosting, moved)
    assert (ran.status, hosting.bills()) == (0, 1), ran.said
    longer = hosting.write(first=4, frames=16, marks=[], before=9, name="longer.otio")
    ran = reattach(hosting, longer)
    assert (ran.status, hosting.bills()) == (1, 1), ran.said
    [shot] = ran.json["shots"]
    assert [(gap["source_in_frame"], gap["frames"]) for gap in shot["missing"]] == [(16, 4)]
    assert ran.json["fill"]["cost"]["amount"] > 0
    asked = ("--fill", "--base-url", hosting.emulator.base_url)
    filled = reattach(hosting, longer, *asked)
    assert (filled.status, hosting.bills()) == (0, 2), filled.said
    [take] = filled.json["shots"][0]["takes"]
    assert take["made"]
    assert (reattach(hosting, longer, *asked).status, hosting.bills()) == (0, 2)


def test_filling_is_not_paid_for_without_a_word(hosting: Hosting) -> None:
    """Where nobody can be asked it needs --yes or a ceiling, as `run` does."""
    hosting.write(first=4, frames=12, marks=[("RP: angry", 4, 12)])
    assert hosting.run(REACT).status == 0
    longer = hosting.write(first=4, frames=16, marks=[], name="longer.otio")
    ran = reattach(hosting, longer, "--fill")
    assert ran.status == 2, ran.said
    assert hosting.bills() == 1
