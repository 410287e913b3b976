"""The self-test: every trial answers, the receipt names nobody, and the person's project is as it was, whatever happens."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from reperform_menu import folders, trials

from resolve.inside_kit import Came, Inside
from resolve.scene_kit import Scene, World

GO = {"title": "tried on and deleted", "button": "go"}


@pytest.fixture
def bench(inside_alone: Inside, cut: Scene) -> Inside:
    """The sample media of the test, as if made before."""
    folder = Path(folders.state()) / "self-test"
    for source, target in (
        ("A001.mov", "media/A001C003.mov"),
        ("B002.mov", "media/B002C007.mov"),
        ("A001.mov", "demo.reperform/takes/A001C003_RP001.mov"),
    ):
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(cut.folder / source, folder / target)
    (folder / "the_letter_RP.otio").write_text("{}", "utf-8")
    return inside_alone


def receipt() -> dict[str, Any]:
    """The newest."""
    found = sorted((Path(folders.state()) / "receipts").glob("*.json"))
    document: dict[str, Any] = json.loads(found[-1].read_text("utf-8"))
    return document


def the_test_of(inside: Inside, world: World, **faults: Any) -> Came:
    return inside.choose("self-test", world, GO, faults=faults)


def test_every_open_question_is_answered(bench: Inside, cut: Scene) -> None:
    """No trial fails on a Resolve that behaves; the answers are those of this Resolve."""
    came = the_test_of(bench, cut.world("21.1"))
    told = receipt()
    answers = {name: trial["answer"] for name, trial in told["trials"].items()}
    assert ([trial.__name__ for trial in trials.ALL], []) == (list(answers), came.misused), came.text
    assert (3.0, False, True) == (
        answers["markers"]["offset_in_clip"],
        answers["markers"]["second_on_the_frame"],
        answers["ranges"]["exact"],
    )
    assert (2, 0) == (
        answers["takes"]["straight_after"]["selected"],
        answers["takes_elsewhere"]["not_current"]["count"],
    )


def test_the_receipt_names_nobody(bench: Inside, cut: Scene) -> None:
    """No path of the person's home, no name of their project."""
    the_test_of(bench, cut.world())
    text = json.dumps(receipt())
    assert (False, False) == (str(bench.folder) in text, "The Letter" in text)


def test_the_project_is_as_it_was(bench: Inside, cut: Scene) -> None:
    """The throw-away project is gone; page, playhead, bin and timeline are the person's own."""
    world = cut.world()
    came = the_test_of(bench, world)
    assert world.snapshot() == came.world.snapshot(), came.text


@pytest.mark.parametrize(
    "faults",
    [
        {"take": "accepted without"},
        {"marker": "refused"},
        {"import_media": "nothing"},
        {"raises_at": "TimelineItem.AddTake"},
        {"raises_at": "MediaPool.CreateEmptyTimeline"},
        {"answers": {"ProjectManager.CreateProject": None}},
        {"answers": {"ProjectManager.SaveProject": False}},
    ],
    ids=["no take lands", "no marker", "no media", "a call that crashes", "no timeline", "no project", "not saved"],
)
def test_whatever_fails_the_project_comes_back(faults: dict[str, Any], bench: Inside, cut: Scene) -> None:
    """A trial that fails is in the receipt; one that cannot begin is said."""
    world = cut.world()
    came = bench.choose("self-test", world, GO, faults=faults)
    assert world.snapshot() == came.world.snapshot(), came.text
    assert 2 <= len(came.panel.shown)


def test_a_project_that_does_not_open_again_is_said(bench: Inside, cut: Scene) -> None:
    """It is saved, and the person is told where it is."""
    came = the_test_of(bench, cut.world(), load_project="refused")
    assert "Your project “The Letter” could not be opened again: it is saved" in came.text


def test_nothing_is_made_before_it_is_agreed_to(bench: Inside, cut: Scene) -> None:
    """Cancel is cancel."""
    world = cut.world()
    came = bench.choose("self-test", world, dict(GO, button="cancel"))
    made = [call for call in came.calls if call.startswith("ProjectManager.") and "Get" not in call]
    assert (copy.deepcopy(world.snapshot()), []) == (came.world.snapshot(), made)
