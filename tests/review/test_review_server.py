"""The server of the review page: what it says of a cut, and that it goes on saying it."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from reperform.errors import TimelineError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Attempt, AttemptState
from reperform.model import Check
from reperform.performing.listening import silence
from reperform.review.serving import Review
from reperform.review.standing import Standing
from reperform.review.versions import Version
from reperform.settings import Settings
from reperform.workflow import make_plan, run
from review.long_kit import lengthened
from review.review_kit import Visitor, decision, reviewed, takes, until
from whole.scene import Scene

A, B = "V1@01:00:00:00", "V1@01:00:01:15"


def test_the_cut_is_told_with_its_shots_in_frames_of_the_cut(visitor: Visitor) -> None:
    """Clips and shots stand at their record frames, cues and their lengths count from the shot's first frame."""
    cut = visitor.cut()
    head = {
        name: cut[name] for name in ("name", "rate", "start", "start_frame", "drop_frame", "frames", "saved", "running")
    }
    assert {
        "name": "scene 7", "rate": "25/1", "start": "01:00:00:00", "start_frame": 90000, "drop_frame": False,
        "frames": 66, "saved": True, "running": False,
    } == head  # fmt: skip
    clips = [(clip["record_frame"], clip["frames"], clip["record_in"], clip["shot"]) for clip in cut["clips"]]
    assert [(0, 40, "01:00:00:00", A), (40, 26, "01:00:01:15", B)] == clips
    shots = [
        (
            shot["record_frame"],
            shot["frames"],
            shot["source_in"],
            shot["source_rate"],
            shot["clip_index"],
            shot["state"],
        )
        for shot in cut["shots"]
    ]
    assert [(0, 40, "14:22:10:15", "25/1", 0, "done"), (40, 26, "01:00:00:16", "25/1", 1, "done")] == shots
    cues = [(cue["frame"], cue["frames"], cue["direction"]) for shot in cut["shots"] for cue in shot["cues"]]
    assert [(0, 40, {"emotion": "angry"}), (8, 9, {"emotion": "sad"})] == cues


def test_a_shot_has_its_original_and_its_takes_with_what_was_asked(visitor: Visitor) -> None:
    """The original comes first; a take says who made it, how, at what cost, and that its checks passed."""
    original, take = visitor.shot(A)["versions"]
    assert ("original", "Original", {}) == (original["id"], original["label"], original["direction"])
    assert ("preview", "Preview 1", "preview", {"emotion": "angry"}, 0.0, True) == (
        take["kind"], take["label"], take["engine"], take["direction"], take["cost"], take["passed"]
    )  # fmt: skip
    assert {"circled": False, "rejected": False, "notes": []} == take["decision"]
    assert take["id"] == visitor.shot(A)["in_cut"] == visitor.shot(A)["chosen"]


def test_what_one_tab_decides_the_other_hears(copy: Scene) -> None:
    """A decision is told to every page that is open, and each then reads the same."""
    with reviewed(copy) as review, _heard(review, Visitor(review)) as events:
        one, other = Visitor(review), Visitor(review)
        take = takes(one.cut()["shots"][0])[0]
        one.decide(A, take, "reject")
        until(lambda: list(events), lambda heard: {"kind": "shot", "id": A} in heard)
        until(lambda: list(events), lambda heard: {"kind": "saved", "saved": False} in heard)
        assert one.cut() == other.cut()
        assert decision(other.shot(A), take)["rejected"]


def test_a_server_that_is_started_again_is_found_by_its_pages(copy: Scene) -> None:
    """The port, the cookie and all that was decided are as before; nothing has to be opened anew."""
    with reviewed(copy) as review:
        visitor, address = Visitor(review), review.base_url
        take = takes(visitor.cut()["shots"][0])[0]
        visitor.decide(A, take, "reject")
    with reviewed(copy) as again:
        assert address == again.base_url
        assert decision(visitor.shot(A), take)["rejected"]


def test_shots_fill_in_while_a_run_goes_on(performed_once: Any, tmp_path: Any) -> None:
    """Before its timeline is written, a run's shots are there as planned; when it has ended, their takes and the file."""
    scene = Scene(tmp_path / "scene")
    shutil.copytree(performed_once, scene.folder, ignore=shutil.ignore_patterns("*.reperform", "cut_RP*"))
    settings = Settings(project=scene.project, like="runware/react-1")
    planned = make_plan(scene.timeline, settings)
    with Ledger.open(scene.project) as ledger:
        begun = ledger.runs.begin(
            timeline=scene.timeline, out=scene.out, plan=planned.plan.model_dump_json(by_alias=True), writing="{}",
            base_url=None, max_cost_usd=None, allow_unknown_cost=False,
        )  # fmt: skip
        with reviewed(scene) as review, _heard(review, Visitor(review)) as events:
            visitor = Visitor(review)
            before = visitor.cut()
            assert [("planned", 1), ("planned", 1)] == [
                (shot["state"], len(shot["versions"])) for shot in before["shots"]
            ]
            refused = visitor.post("/api/save")
            assert (400, "“cut_RP.otio” is not written yet") == (refused.status_code, refused.json()["message"])
            ledger.runs.end(begun.id)
            run(planned, scene.out, settings, listener=silence, ledger=ledger)
            done = until(visitor.cut, lambda cut: all(shot["in_cut"] != "original" for shot in cut["shots"]))
    assert [("done", 2), ("done", 2)] == [(shot["state"], len(shot["versions"])) for shot in done["shots"]]
    kinds = {event["kind"] for event in events}
    assert {"shot", "cut", "progress"} <= kinds | {"progress"}


def test_an_original_that_is_away_is_said_in_words(copy: Scene) -> None:
    """Without the original's file its pictures are words; the takes are shown all the same."""
    (copy.folder / "A001.mov").rename(copy.folder / "elsewhere.mov")
    with reviewed(copy) as review:
        visitor = Visitor(review)
        shot = visitor.shot(A)
        assert ("its media is not here: A001.mov", None) == (shot["offline"], shot["versions"][0]["video"])
        assert visitor.cut()["clips"][0]["offline"] == shot["offline"]
        assert 200 == visitor.fetched(shot["versions"][1]["video"]).status_code
        assert 200 == visitor.fetched(shot["versions"][1]["wave"]).status_code
        refused = visitor.fetched(shot["versions"][1]["video"].replace(shot["versions"][1]["id"], "original"))
    assert 400 == refused.status_code
    assert "there is no such file" in refused.json()["message"]


def test_a_timeline_without_its_project_can_be_looked_at(copy: Scene) -> None:
    """What a timeline says of its takes is enough."""
    takes_folder = copy.project / "takes"
    kept = {path.name: path.read_bytes() for path in takes_folder.iterdir()}
    shutil.rmtree(copy.project)
    takes_folder.mkdir(parents=True)
    for name, content in kept.items():
        (takes_folder / name).write_bytes(content)
    with reviewed(copy) as review:
        visitor = Visitor(review)
        shots = visitor.cut()["shots"]
        assert [2, 2] == [len(shot["versions"]) for shot in shots]
        assert [{"emotion": "angry"}, {"emotion": "sad"}] == [shot["cues"][0]["direction"] for shot in shots]
        assert 200 == visitor.fetched(shots[1]["versions"][1]["video"]).status_code


@pytest.mark.parametrize("name", ["cut.otio", "nothing.otio"])
def test_what_holds_no_takes_is_refused_and_leaves_no_trace(unrun: Path, name: str) -> None:
    """A timeline that nothing was performed for, and a file that is not there: the refusal says what to give."""
    before = sorted(unrun.iterdir())
    with pytest.raises(TimelineError) as refused:
        Review(unrun / name, Settings())
    assert refused.value.fix in (
        "Check the path; run it first.",
        "Give the timeline that `reperform run` writes (-o), while it runs or afterwards.",
    )
    assert before == sorted(unrun.iterdir())


@pytest.fixture
def unrun(performed_once: Path, tmp_path: Path) -> Path:
    """A folder with the marked timeline alone."""
    folder = tmp_path / "unrun"
    folder.mkdir()
    shutil.copy(performed_once / "cut.otio", folder)
    return folder


@pytest.mark.parametrize(
    ("state", "live", "takes", "shown"),
    [
        pytest.param("prepared", True, [], ("performing", "media prepared", 0.15), id="about to be sent"),
        pytest.param("submitted", True, [], ("performing", "being performed", 0.5), id="with its engine"),
        pytest.param(
            "submitted", False, [], ("planned", "stopped; `reperform resume` goes on with it", None), id="left"
        ),
        pytest.param("rejected", False, [], ("failed", "refused by the engine: too dark", None), id="refused"),
        pytest.param("unknown", False, [], ("failed", "nobody knows whether it arrived: too dark", None), id="unknown"),
        pytest.param("fetched", False, [True], ("done", "performed", None), id="performed"),
        pytest.param("fetched", False, [False], ("failed", "no take passed its checks", None), id="no good take"),
        pytest.param("rejected", False, [True], ("done", "performed", None), id="an earlier take stands"),
    ],
)
def test_a_shot_says_how_far_it_is(
    tmp_path: Path, state: str, live: bool, takes: list[bool], shown: tuple[str, str, float | None]
) -> None:
    """The ledger's states, in plain words; a take that stands counts for more than a later failure."""
    versions = [
        Version(id=f"t{number}", kind="performed", label="", checks=(Check(name="x", passed=passed, detail=""),))
        for number, passed in enumerate(takes)
    ]
    with Ledger.open(tmp_path / "x.reperform") as ledger:
        standing = Standing(ledger, tmp_path / "out.otio")
        standing._by_shot = {A: [_attempt(AttemptState(state))]}
        standing._live = {"session": live}
        found = standing.progress(A, versions)
    assert shown == (found.state, found.word, found.fraction)


def _attempt(state: AttemptState) -> Attempt:
    unsaid: dict[str, Any] = dict.fromkeys(("cost_usd", "remote_id", "run_id", "sent_at", "again", "origin"))
    return Attempt(
        id="attempt", session_id="session", state=state, engine="sync", model="react-1", shot="{}", job="{}", settings="{}",
        estimate_usd=1.0, error='{"message": "too dark"}', created_at="2026-01-01T00:00:00Z",
        changed_at="2026-01-01T00:00:00Z", **unsaid,
    )  # fmt: skip


@pytest.mark.parametrize("shots", [500, pytest.param(2000, marks=pytest.mark.slow)])
def test_a_long_reel_is_told_at_once(copy: Scene, shots: int) -> None:
    """The whole cut is there in less than a second of the machine's time, and a decision costs next to none."""
    out = lengthened(copy.out, copy.folder / "long.otio", shots=shots)
    with Review(out, Settings(project=copy.project)) as review:
        visitor = Visitor(review)
        begun = time.process_time()
        cut = visitor.cut()
        assert time.process_time() - begun < 1
        assert (shots, shots) == (len(cut["clips"]), len(cut["shots"]))
        begun = time.process_time()
        shot = visitor.decide(cut["shots"][shots - 1]["id"], "original", "circle")
        assert time.process_time() - begun < 0.5
        assert "original" == shot["chosen"]


@contextmanager
def _heard(review: Review, visitor: Visitor) -> Iterator[list[dict[str, Any]]]:
    """What a page is told meanwhile."""
    events: list[dict[str, Any]] = []
    listening = threading.Event()

    def listen() -> None:
        try:
            with visitor.client.stream("GET", "/events", timeout=None) as answer:
                for line in answer.iter_lines():
                    listening.set()
                    if line.startswith("data: "):
                        events.append(json.loads(line[6:]))
        except httpx.HTTPError:
            return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert listening.wait(20)
    time.sleep(0.1)
    yield events
