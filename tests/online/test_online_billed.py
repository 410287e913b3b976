"""What was paid on proxies is paid: a run of the online cut performs and bills nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import burned
from hosted.conftest import emulator, hosting, hurried, media, running
from hosted.hosted_kit import FRAMES, PATHS, RATE, Hosting
from whole.command_kit import call

__all__ = ["emulator", "hosting", "hurried", "media", "running"]


@pytest.fixture
def online(tmp_path: Path) -> Path:
    """The same frames in ProRes, twice as large, and a handle after them."""
    (tmp_path / "online").mkdir()
    burned.make_movie(
        tmp_path / "online" / "A001.mov",
        rate=RATE,
        frames=FRAMES + 9,
        size=(320, 180),
        channels=1,
        timecode="01:00:00:00",
        codec="prores",
    )
    return tmp_path / "online"


def conformed(hosting: Hosting, online: Path) -> Path:
    new = hosting.folder / "online.otio"
    ran = call("conform", hosting.out, "--media-root", online, "-o", new, "--json")
    assert ran.status == 0, ran.said
    return new


def planned(hosting: Hosting, timeline: Path) -> Any:
    ran = call("plan", timeline, "--json", "--base-url", hosting.emulator.base_url, *PATHS[0].options)
    assert ran.status == 0, ran.said
    return ran.json


def test_a_run_of_the_online_cut_bills_nothing(hosting: Hosting, online: Path) -> None:
    """The plan says that all is paid; without a word of consent the run sends nothing, and finds the takes that there are."""
    assert hosting.run(PATHS[0]).status == 0
    assert hosting.bills() == 2
    new = conformed(hosting, online)
    plan = planned(hosting, new)
    assert [cue["paid"] for shot in plan["shots"] for cue in shot["cues"]] == [True, True]
    assert plan["totals"]["cost"]["amount"] == 0
    again = hosting.run(PATHS[0], timeline=new, out=hosting.folder / "online_RP.otio")
    assert (again.status, hosting.bills()) == (0, 2), again.said
    assert again.json["made"] == []


def test_another_project_of_this_machine_knows_it_too(hosting: Hosting, online: Path, tmp_path: Path) -> None:
    """The online cut lies in a folder with a project of its own."""
    assert hosting.run(PATHS[0]).status == 0
    new = tmp_path / "finishing" / "online.otio"
    new.parent.mkdir()
    assert call("conform", hosting.out, "--media-root", online, "-o", new).status == 0
    again = hosting.run(PATHS[0], timeline=new, out=new.with_name("online_RP.otio"))
    assert (again.status, hosting.bills()) == (0, 2), again.said


def test_what_is_asked_otherwise_on_the_online_cut_is_paid(hosting: Hosting, online: Path) -> None:
    """A mark that was changed after the conform is another performance; the other one is still paid."""
    assert hosting.run(PATHS[0]).status == 0
    new = conformed(hosting, online)
    changed = hosting.folder / "changed.otio"
    assert call("mark", "change", new, "V1@01:00:00:00#1", "happy", "-o", changed).status == 0
    again = hosting.run(PATHS[0], timeline=changed, out=hosting.folder / "changed_RP.otio")
    assert (again.status, hosting.bills()) == (0, 3), again.said
