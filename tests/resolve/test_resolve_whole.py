"""From a mark to a take in the selector, as an editor does it: real entries, a real command, frames read off what would play."""

from __future__ import annotations

import copy
import json
import shutil
import sys
from pathlib import Path

import pytest

from reperform.emulator import Conduct, Emulator
from resolve.conftest import Recorded
from resolve.inside_kit import RECORDER, without_ours
from resolve.running_kit import IMPORT, MARK, PERFORM, TAKES, Menu, Ran, pythons
from resolve.scene_kit import B_NUMBERS, Scene, World


def test_marked_clips_play_their_takes(recorded: Recorded) -> None:
    """Each marked clip plays its take at every frame it has, and the take shows the frames of the original; no other has one."""
    ran = recorded.ran
    numbers = [*range(12, 52), *range(B_NUMBERS + 10, B_NUMBERS + 50), *range(30, 60)]
    plays = [ran.world.shown(frame)[0] for frame in (0, 39, 40, 79, 80)]
    a, b = "A001_01020304_RP001_PREVIEW.mov", "B002_02000000_RP001_PREVIEW.mov"
    assert (numbers, [a, a, b, b, "A001.mov"]) == (ran.world.seen(0, 110), plays), ran.text


def test_nothing_else_of_the_project_is_changed(recorded: Recorded) -> None:
    """After marking and performing, the whole project less our additions is as it was before them."""
    before = without_ours(recorded.marked)
    assert before == without_ours(recorded.ran.world)


def test_the_takes_are_in_a_bin_of_their_own_with_the_colours_of_the_original(recorded: Recorded) -> None:
    """The bin “Reperform” holds the takes; each is read in its original's colours."""
    world = recorded.ran.world
    folder = world.bin_named("Reperform")
    assert folder is not None
    takes = {
        world.project["media"][one]["name"].partition("_")[0]: world.project["media"][one] for one in folder["clips"]
    }
    colours = {name: take["properties"]["Input Color Space"] for name, take in takes.items()}
    assert {"A001": "ARRI LogC4", "B002": "Rec.709 (Scene)"} == colours


def test_the_entries_asked_resolve_for_nothing_that_it_does_not_have(recorded: Recorded) -> None:
    """No call was made with wrong parameters, none that destroys anything, and the script ended by itself."""
    assert ([], "ended") == (recorded.ran.misused, recorded.ran.outcome), recorded.ran.text


def test_the_command_runs_in_a_clean_environment(recorded: Recorded) -> None:
    """Nothing that Resolve sets for its own Python or libraries reaches the command."""
    asked = [json.loads(line) for line in (recorded.folder / "asked.jsonl").read_text("utf-8").splitlines()]
    leaked = {name for one in asked for name, value in one["environ"].items() if "poison" in value}
    assert (["engines", "plan", "run"], set()) == ([one["words"][0] for one in asked], leaked)


@pytest.mark.parametrize(
    ("which", "compiled_as"), [(0, "<string>"), (-1, None)], ids=["oldest Python, no file name", "newest Python"]
)
def test_an_entry_needs_no_file_of_its_own(which: int, compiled_as: str | None, cut: Scene, menu: Menu) -> None:
    """Without `__file__`, and even without a file name, in a spoilt environment and without tkinter, a clip gets its mark."""
    if which == -1 and len(pythons()) == 1:
        pytest.skip(f"only one Python is at hand: {pythons()[0]}")
    menu.python = pythons()[which]
    ran = menu.choose(MARK, cut.world(), MARKING, CLOSE, compiled_as=compiled_as)
    assert ("ended", ["angry"], []) == (ran.outcome, _notes(ran), ran.misused), ran.text


def test_without_its_installation_an_entry_says_how_to_repair_it(cut: Scene, menu: Menu) -> None:
    """Even where nothing of ours can be loaded, there is a page and a line on the console."""
    (menu.scripts / "reperform.json").unlink()
    ran = menu.choose(MARK, cut.world())
    assert "reperform resolve install" in ran.out
    assert ("file", True) == (ran.pages[0]["kind"], "reperform resolve doctor" in ran.pages[0]["text"]), ran.text


def test_a_crash_shows_where_its_log_is(cut: Scene, menu: Menu) -> None:
    """What nobody thought of ends on the page, with the path of a log that has the whole story."""
    world = cut.world()
    world.data["faults"] = {"raises_at": "TimelineItem.AddMarker"}
    ran = menu.choose(MARK, world, MARKING)
    said = [page["text"] for page in ran.pages if page.get("kind") == "say"]
    assert (1, True) == (len(said), "planted at TimelineItem.AddMarker" in said[0]), ran.text
    assert "Traceback" in Path(next(line for line in said[0].splitlines() if line.endswith(".log"))).read_text("utf-8")
    assert cut.world().snapshot() == ran.world.snapshot()


@pytest.mark.parametrize("version", [pytest.param("19.1", marks=pytest.mark.slow), "20.0"])
def test_the_free_edition_gets_its_page_and_no_dialogue(version: str, cut: Scene, menu: Menu) -> None:
    """In the free edition nobody asks for windows of Resolve's, which would open a dialogue: the panel is a page."""
    ran = menu.choose(MARK, cut.world(version, studio=False), MARKING, CLOSE)
    assert ([], False, ["angry"]) == (ran.misused, ran.world.data["modal"], _notes(ran)), ran.text


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        (MARK, "The mark asks for nothing."),
        (TAKES, "has no takes. Mark it with"),
        (IMPORT, "No timeline with takes was chosen."),
    ],
    ids=["mark", "takes", "import"],
)
def test_without_windows_and_browser_the_console_says_what_is_done(
    entry: str, word: str, cut: Scene, menu: Menu
) -> None:
    """Where nobody can be asked, an entry does what its first button does, once, says what came of it, and ends."""
    menu.browser = False
    menu.environ = {"PATH": str(menu.folder / "empty")}
    ran = menu.choose(entry, cut.world(), seconds=20)
    assert ("ended", True, []) == (ran.outcome, word in ran.out, ran.misused), ran.text
    assert cut.world().snapshot() == ran.world.snapshot()


@pytest.mark.slow
def test_a_closed_tab_ends_the_script_and_changes_nothing(cut: Scene, menu: Menu) -> None:
    """Somebody who closes the panel has said no."""
    ran = menu.choose(MARK, cut.world(), {"title": "To mark", "leave": True})
    assert ("ended", cut.world().snapshot()) == (ran.outcome, ran.world.snapshot()), ran.text


@pytest.mark.slow
@pytest.mark.parametrize("call", ["MediaPool.ImportMedia", "TimelineItem.AddTake", "TimelineItem.AddMarker"])
def test_a_script_that_was_killed_goes_on_at_its_next_start(call: str, recorded: Recorded, tmp_path: Path) -> None:
    """Killed while takes are put in, the next start finds the run, puts in the rest, and runs nothing twice."""
    store = tmp_path / "recording"
    shutil.copytree(recorded.folder, store)
    (store / "asked.jsonl").unlink()
    menu = Menu(tmp_path / "menu", command=(sys.executable, "-I", str(RECORDER), str(store)))
    marked = World(copy.deepcopy(recorded.marked.data))
    marked.data["faults"] = {"dies_at": call}
    died = menu.choose(PERFORM, marked)
    died.world.data["faults"] = {}
    ran = menu.choose(PERFORM, died.world)
    runs = [
        line
        for line in (store / "asked.jsonl").read_text("utf-8").splitlines()
        if json.loads(line)["words"][0] == "run"
    ]
    takes = [len(shot["takes"]["list"]) if shot["takes"] else 0 for shot in ran.world.shots]
    assert ("died", 1, [2, 2, 0]) == (died.outcome, len(runs), takes), ran.text


@pytest.mark.slow
def test_marked_clips_play_what_an_engine_performed(cut: Scene, menu: Menu) -> None:
    """With Sync's contract served on this machine: chosen in the panel, its price agreed to, its takes in the selector."""
    with Emulator(conduct=Conduct(queue_seconds=0.01, run_seconds=0.02)) as emulator:
        menu.environ = {"REPERFORM_BASE_URL": emulator.base_url, **emulator.environment}
        marked = menu.choose(MARK, cut.world(), MARKING, CLOSE).world
        engine = {"title": "Cost: nothing", "button": "again", "values": {"engine": "sync react-1"}}
        agreed = {"title": "Perform and pay", "button": "perform", "values": {"engine": "sync react-1"}}
        ran = menu.choose(PERFORM, marked, {"title": "Keep them here", "button": "go"}, engine, agreed, seconds=300)
        bills = len(emulator.billed)
    plays = ran.world.shown(0)[0]
    assert (1, True, False, list(range(12, 52))) == (
        bills,
        "_RP001" in plays,
        "PREVIEW" in plays,
        ran.world.seen(0, 40),
    ), ran.text
    assert without_ours(marked) == without_ours(ran.world)


MARKING = {"title": "To mark", "button": "mark", "values": {"emotion": "angry"}}
CLOSE = {"title": "Marked V1", "button": "cancel"}


def _notes(ran: Ran) -> list[str]:
    return [one["note"] for one in ran.world.shots[0]["markers"].values() if one["customData"]]
