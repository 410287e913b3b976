"""Whatever Resolve says or does not do, the person is told in words, and the project is left as it was."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from resolve.conftest import Recorded
from resolve.fake_resolve.model import Data
from resolve.inside_kit import Came, Inside, without_ours
from resolve.scene_kit import VERSIONS, Scene, World

TAKES_IN = "1 new take, now plays A001_01020304_RP001_PREVIEW"
NOT_ADDED = "Resolve did not add the take A001_01020304_RP001_PREVIEW"

# A run, or a note in the ledger, may outlive the script that started it.
pytestmark = pytest.mark.filterwarnings(
    "ignore:subprocess:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

LIES: dict[str, tuple[Data, str]] = {
    "an export is refused": ({"export": "false"}, "Resolve did not export the timeline “Cut 7”."),
    "an export says True and writes nothing": ({"export": "says True, writes nothing"}, "Resolve did not export the timeline"),
    "an export says True and writes an empty file": (
        {"export": "says True, writes an empty file"}, "Resolve did not export the timeline",
    ),
    "an export says True and cuts the file short": (
        {"export": "says True, cuts the file short"}, "Resolve did not export the timeline",
    ),
    "a take is refused and leaves a selector": ({"take": "refused with effect"}, NOT_ADDED),
    "a take is accepted and is not there": ({"take": "accepted without"}, NOT_ADDED),
    "the old take stays selected after a new one": ({"after_take": "the old one stays selected"}, TAKES_IN),
    "a take cannot be selected": (
        {"after_take": "the old one stays selected", "select": "refused"}, "Resolve did not switch to it",
    ),
    "a take is selected and is not seen": (
        {"after_take": "the old one stays selected", "select": "accepted without"}, "Resolve did not switch to it",
    ),
    "media are not imported": ({"import_media": "nothing"}, "Resolve did not import "),
    "a marker is refused": ({"marker": "refused"}, "no status marker: Resolve did not set the marker."),
    "a marker is accepted and is not there": ({"marker": "accepted without"}, "no status marker"),
    "colours are refused": ({"property": "refused"}, "set by hand on the take in the bin: IDT, Input Color Space, Input Gamma"),
    "colours are accepted and are not there": ({"property": "accepted without"}, "set by hand on the take in the bin: IDT"),
    "every call about takes is nothing": ({"answers": {"TimelineItem.GetTakesCount": None}}, NOT_ADDED),
    "no timeline is to be had": ({"answers": {"Project.GetCurrentTimeline": None}}, "No timeline is open."),
    "the bin cannot be made": ({"answers": {"MediaPool.AddSubFolder": None}}, "The bin “Reperform” could not be made."),
}  # fmt: skip


TWINS = {
    "an export is refused", "an export says True and writes an empty file", "a take cannot be selected", "a marker is refused",
    "colours are refused", "the bin cannot be made",
}  # fmt: skip
"""Lies whose other form is tried every time."""


@pytest.mark.parametrize("lie", [pytest.param(one, marks=pytest.mark.slow) if one in TWINS else one for one in LIES])
def test_every_lie_ends_in_a_word_and_leaves_the_project_as_it_was(
    lie: str, recorded: Recorded, inside: Inside
) -> None:
    """A call that fails, or says that it did not, is told to the person, and nothing but our additions is left."""
    faults, word = LIES[lie]
    came = inside.choose("perform", recorded.marked, faults=faults)
    assert (True, []) == (word in came.panel.shown[-1], came.misused), came.text
    assert without_ours(recorded.marked) == without_ours(came.world)


Change = Callable[[Data], object]
MEANWHILE: dict[str, tuple[Change, str]] = {
    "the clip was moved": (lambda cut: _moved(cut, 0, 120), "it was moved meanwhile; its takes went with it"),
    "the clip was trimmed": (lambda cut: _shot(cut, 0).update(duration=30), "the clip was trimmed since: 30 frames instead of 40."),
    "the clip was taken out": (lambda cut: _track(cut).remove(_shot(cut, 0)), "the clip is no longer there"),
    "the clip plays something else": (
        lambda cut: _shot(cut, 0).update(media=_shot(cut, 1)["media"], name="B002.mov"), "another clip stands there now, B002.mov.",
    ),
    "the clip was retimed": (lambda cut: _shot(cut, 0).update(speed="2"), "is retimed."),
    "the track was locked": (lambda cut: cut["tracks"]["video"][0].update(locked=True), "track V1 is locked."),
}  # fmt: skip


@pytest.mark.parametrize("change", MEANWHILE)
def test_what_an_editor_did_meanwhile_is_kept(change: str, recorded: Recorded, inside: Inside) -> None:
    """A cut that was changed while the run went on gets no take in the wrong place, and is not changed back."""
    act, word = MEANWHILE[change]
    changed = World(copy.deepcopy(recorded.marked.data))
    act(changed.timeline)
    came = inside.choose("perform", recorded.marked, meanwhile=lambda world: act(world.timeline))
    assert (True, []) == (word in came.panel.shown[-1], came.misused), came.text
    assert without_ours(changed) == without_ours(came.world)


def test_another_timeline_that_was_opened_meanwhile_stays_open(recorded: Recorded, inside: Inside) -> None:
    """The takes go to the timeline that was marked, and the one that was opened since is what is seen at the end."""
    other = next(iter(recorded.marked.project["timelines"]))
    came = inside.choose("perform", recorded.marked, meanwhile=lambda world: world.project.update(timeline=other))
    stringout = came.world.project["timelines"][other]
    assert TAKES_IN in came.text
    assert (other, recorded.marked.project["timelines"][other]) == (came.world.project["timeline"], stringout)


def test_a_timeline_that_resolve_does_not_open_is_said(recorded: Recorded, inside: Inside) -> None:
    """Where the marked timeline cannot be made current again, its takes wait for the next start."""
    other = next(iter(recorded.marked.project["timelines"]))
    faults = {"set_timeline": "refused"}
    opened = {"timeline": other}
    came = inside.choose(
        "perform", recorded.marked, faults=faults, meanwhile=lambda world: world.project.update(opened)
    )
    assert "Resolve does not open the timeline “Cut 7”." in came.panel.shown[-1]
    again = inside.choose("perform", recorded.marked)
    assert (True, 1) == (TAKES_IN in again.text, [words[0] for words in inside.asked()].count("run"))


def test_another_project_waits_for_its_own(recorded: Recorded, inside: Inside) -> None:
    """Takes of one project are never put into another; back in the first they are, without a second run."""
    marked = World(copy.deepcopy(recorded.marked.data))
    marked.data["projects"]["Other"] = dict(copy.deepcopy(marked.project), id="project-other", name="Other")
    came = inside.choose("perform", marked, meanwhile=lambda world: world.data.update(project="Other"))
    assert "another project is open now" in came.panel.shown[-1]
    assert marked.data["projects"] == came.world.data["projects"]
    again = inside.choose("perform", marked)
    assert (True, 1) == (TAKES_IN in again.text, [words[0] for words in inside.asked()].count("run"))


@pytest.mark.parametrize(
    "state", [{"project": None}, {"modal": True}], ids=["only the project manager", "a dialogue is up"]
)
@pytest.mark.parametrize("entry", ["mark", "perform", "takes", "import"])
def test_without_a_project_every_entry_says_so(
    entry: str, state: dict[str, Any], cut: Scene, inside_alone: Inside
) -> None:
    """No entry ends without a word because nothing is open."""
    world = cut.world()
    world.data.update(state)
    came = inside_alone.choose(entry, world)
    assert ("No project is open, or Resolve shows a dialogue" in came.panel.shown[-1], came.misused) == (True, []), (
        came.text
    )


@pytest.mark.parametrize(
    "version", [one if one in ("18.5", "21.1") else pytest.param(one, marks=pytest.mark.slow) for one in VERSIONS]
)
def test_every_version_gets_its_takes(version: str, recorded: Recorded, inside: Inside) -> None:
    """From 18.5 on marked clips get their takes; what a version lacks is said, never called."""
    marked = World(copy.deepcopy(recorded.marked.data))
    marked.data["version"] = version
    came = inside.choose("perform", marked)
    said = "this Resolve does not say which clips are linked" in came.text
    assert (True, version < "19.1" and version != "20.0", []) == (TAKES_IN in came.text, said, came.misused), came.text
    assert without_ours(marked) == without_ours(came.world)


def test_a_version_without_otio_says_which_one_is_needed(cut: Scene, inside_alone: Inside) -> None:
    """Before 18.5 nothing is tried."""
    came = inside_alone.choose("perform", cut.world("18.1"))
    assert "DaVinci Resolve Studio 18.1.0.7 cannot export OTIO timelines" in came.text
    assert "Use Resolve 18.5 or later" in came.text


@pytest.mark.parametrize("version", ["19.0", "19.1"])
def test_the_free_edition_is_not_poisoned(version: str, recorded: Recorded, inside: Inside) -> None:
    """In the free edition nothing of Studio's is asked for, so no dialogue comes up, and takes land like anywhere."""
    marked = World(copy.deepcopy(recorded.marked.data))
    marked.data.update(version=version, studio=False)
    came = inside.choose("perform", marked)
    assert (True, False, []) == (TAKES_IN in came.text, came.world.data["modal"], came.misused), came.text


FAILURES: dict[str, tuple[dict[str, Any], str]] = {
    "it is refused with a reason": (
        {"document": '{"version": 1, "error": "X", "message": "the disk is full", "fix": "Make room."}', "status": 2},
        "The run failed: the disk is full\n\nMake room.",
    ),
    "it dies without a document": ({"document": "", "words": "Killed\n", "status": 137}, "The run failed: Killed"),
    "it ends without a word": ({"document": "", "status": 1}, "The run failed: it ended without a word"),
}  # fmt: skip


@pytest.mark.parametrize("failure", FAILURES)
def test_a_run_that_fails_says_why(failure: str, recorded: Recorded, inside: Inside) -> None:
    """Why the command failed is shown, the project is as it was, and the next start may try again."""
    planted, word = FAILURES[failure]
    inside.plant("run", **planted)
    came = inside.choose("perform", recorded.marked)
    assert word in came.panel.shown[-1], came.text
    assert recorded.marked.snapshot() == came.world.snapshot()
    inside.plant("run")
    assert TAKES_IN in inside.choose("perform", recorded.marked).text


def test_a_command_that_is_gone_is_said(recorded: Recorded, inside: Inside) -> None:
    """A moved installation is named, with what to do."""
    inside.command = ["/nowhere/reperform"]
    came = inside.choose("perform", recorded.marked)
    assert "reperform did not start: /nowhere/reperform" in came.panel.shown[-1]
    assert "reperform resolve install" in came.panel.shown[-1]
    assert recorded.marked.snapshot() == came.world.snapshot()


def test_nothing_is_done_where_the_plan_is_not_agreed_to(recorded: Recorded, inside: Inside) -> None:
    """Cancelling the plan leaves no trace in the project, and nothing runs."""
    came = inside.choose("perform", recorded.marked, {"title": "2 shots, 2 cues", "button": "cancel"})
    assert recorded.marked.snapshot() == came.world.snapshot()
    assert ["engines", "plan"] == [words[0] for words in inside.asked()]


def test_a_cancelled_run_stops_and_says_what_is_kept(recorded: Recorded, inside: Inside) -> None:
    """Cancel ends the command; the project is as it was."""
    inside.plant("run", seconds=30, document="", status=130)
    came = inside.choose("perform", recorded.marked, {"title": "starting", "button": "cancel"})
    assert "Stopped. What was finished and paid is kept" in came.panel.shown[-1]
    assert recorded.marked.snapshot() == came.world.snapshot()


def test_a_run_that_was_left_alone_is_found_again(recorded: Recorded, inside: Inside) -> None:
    """Closing the panel leaves the run going; the next start waits for it and puts its takes in, without a second run."""
    inside.plant("run", seconds=1.5)
    left = inside.choose(
        "perform",
        recorded.marked,
        {"title": "starting", "button": "close"},
        {"title": "goes on without", "button": "keep"},
    )
    again = inside.choose("perform", recorded.marked)
    runs = [words[0] for words in inside.asked()].count("run")
    assert recorded.marked.snapshot() == left.world.snapshot()
    assert (True, 1) == (TAKES_IN in again.text, runs), again.text


def test_a_preview_never_takes_the_place_of_a_performed_take(recorded: Recorded, inside: Inside) -> None:
    """Where the clip plays a performed take, a later preview is added and not selected."""
    run = inside.store / "run.json"
    told = run.read_text("utf-8")
    run.write_text(_as_performed(told), "utf-8")
    first = inside.choose("perform", recorded.marked)
    run.write_text(told, "utf-8")
    second = inside.choose("perform", first.world)
    played = [came.world.shown(0)[0] for came in (first, second)]
    takes = second.world.shots[0]["takes"]
    assert (["A001_PERFORMED.mov"] * 2, 3) == (played, len(takes["list"])), second.text
    assert "a preview does not take the place of a performed take" in second.panel.shown[-1]


def test_what_a_person_selected_stays_selected(recorded: Recorded, inside: Inside) -> None:
    """A take that was chosen by hand in Resolve is not switched away by the next run."""
    first = inside.choose("perform", recorded.marked)
    shot = first.world.shots[0]
    shot["takes"]["selected"], shot["media"] = 1, shot["takes"]["list"][0]["media"]
    second = inside.choose("perform", first.world)
    assert ("A001.mov", 12) == second.world.shown(0)
    assert "somebody has chosen another take here since, and it stays" in second.panel.shown[-1]


def test_performing_twice_adds_nothing_twice(recorded: Recorded, inside: Inside) -> None:
    """The same takes again are neither imported nor added nor marked a second time."""
    first = inside.choose("perform", recorded.marked)
    second = inside.choose("perform", first.world)
    assert first.world.snapshot() == second.world.snapshot(), second.text


@pytest.mark.parametrize("call", ["Timeline.Export", "TimelineItem.AddTake"])
def test_a_crash_is_shown_with_its_log_and_nothing_is_left_behind(
    call: str, recorded: Recorded, inside: Inside
) -> None:
    """An error nobody thought of names the log's path, and page, bin, timeline, playhead, in and out are as they were."""
    came = inside.choose("perform", recorded.marked, faults={"raises_at": call})
    _crashed(came, call, recorded)


@pytest.mark.slow
def test_a_crash_anywhere_is_shown_and_leaves_nothing_behind(recorded: Recorded, inside: Inside) -> None:
    """The same at every single call that performing makes, but those that put things back."""
    good = inside.choose("perform", recorded.marked)
    puts_back = {"Folder.GetUniqueId", "MediaPool.SetCurrentFolder", "Timeline.SetTrackName"}
    for call in dict.fromkeys(good.calls):
        if call not in puts_back:
            state = inside.folder / "state" / call
            inside.patch.setenv("XDG_STATE_HOME", str(state))
            inside.patch.setenv("HOME", str(state))
            _crashed(inside.choose("perform", recorded.marked, faults={"raises_at": call}), call, recorded)


@pytest.mark.slow
def test_no_call_may_answer_nothing_without_a_word(recorded: Recorded, inside: Inside) -> None:
    """Whatever call answers None, the entry ends with a word and without a crash."""
    good = inside.choose("perform", recorded.marked)
    for call in dict.fromkeys(good.calls):
        state = inside.folder / "state" / call
        inside.patch.setenv("XDG_STATE_HOME", str(state))
        inside.patch.setenv("HOME", str(state))
        came = inside.choose("perform", recorded.marked, faults={"answers": {call: None}})
        assert (True, False, []) == (bool(came.panel.shown), "failed: " in came.text, came.misused), (
            f"{call}: {came.text}"
        )


def _crashed(came: Came, call: str, recorded: Recorded) -> None:
    said = came.panel.shown[-1]
    assert (True, True, True) == (f"planted at {call}" in said, ".log" in said, came.panel.is_closed), came.text
    assert without_ours(recorded.marked) == without_ours(came.world), call


def _shot(cut: Data, number: int) -> Data:
    shot: Data = _track(cut)[number]
    return shot


def _track(cut: Data) -> list[Data]:
    items: list[Data] = cut["tracks"]["video"][0]["items"]
    return items


def _moved(cut: Data, number: int, frames: int) -> None:
    _shot(cut, number)["start"] += frames
    _track(cut).sort(key=lambda item: int(item["start"]))


def _as_performed(told: str) -> str:
    """The same run by a real engine: its first take is another file, and no preview."""
    document = json.loads(told)
    take = document["takes"][0]
    path = str(take["path"])
    text = json.dumps(document).replace(str(take["id"]), "A001_PERFORMED")
    document = json.loads(text)
    shutil.copy(path, document["takes"][0]["path"])
    document["takes"][0].update(preview=False, engine="sync", model="react-1")
    return json.dumps(document)
