"""Asking for a cue again: the price first, nothing without a yes, and nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from reperform.emulator import Emulator
from reperform.ledger.ledger import Ledger
from reperform.review.serving import Review
from review.review_kit import Visitor, reviewed, takes, until
from whole.scene import Scene, make_scene

A, B = "V1@01:00:00:00", "V1@01:00:01:15"
CUE = f"{B}#1"


@pytest.fixture
def fresh(performed_in_place: Path) -> Scene:
    """A scene where its run took place; what these tests ask for is in it one after the other."""
    return Scene(performed_in_place)


@pytest.fixture(scope="module")
def performed_in_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scene of this module's own, run once."""
    scene = make_scene(tmp_path_factory.mktemp("asked") / "scene")
    scene.run()
    return scene.folder


def test_another_direction_is_performed_after_a_yes(fresh: Scene) -> None:
    """The price comes first and costs nothing to hear; with the yes there is one more take, in the timeline, of the new direction."""
    with reviewed(fresh) as review:
        visitor = Visitor(review)
        before = takes(visitor.shot(B))
        offer = _asked(visitor, {"emotion": "happy"})
        assert (0.0, "USD", "Nothing has to be paid; preview performs it.", []) == (
            offer["cost"], offer["currency"], offer["words"], offer["problems"]
        )  # fmt: skip
        assert before == takes(visitor.shot(B))
        assert 200 == visitor.post(f"/api/ask/{offer['id']}/yes").status_code
        twice = visitor.post(f"/api/ask/{offer['id']}/yes")
        assert (400, "this was agreed to already, or asked for too long ago") == (
            twice.status_code, twice.json()["message"]
        )  # fmt: skip
        _done(review)
        after = until(lambda: visitor.shot(B), lambda shot: len(shot["versions"]) == len(before) + 2)
        assert {"emotion": "happy"} == after["versions"][-1]["direction"] == after["cues"][0]["direction"]
        assert len(takes(visitor.shot(A))) == 1, "the other shot stands as it did"
    timeline: Any = otio.adapters.read_from_file(str(fresh.out))
    b = list(timeline.find_clips())[1]
    assert 3 == len(b.media_references())
    assert "RP: sad" == b.markers[0].name, "the mark says what it said"


def test_what_was_performed_already_is_asked_for_as_one_take_more(fresh: Scene) -> None:
    """The same direction again is said to be that, and withdrawn it is gone."""
    with reviewed(fresh) as review:
        visitor = Visitor(review)
        offer = _asked(visitor, {"emotion": "sad"})
        assert offer["words"].startswith("This very direction was performed already")
        assert 200 == visitor.client.delete(f"/api/ask/{offer['id']}").status_code
        assert 400 == visitor.post(f"/api/ask/{offer['id']}/yes").status_code


@pytest.mark.parametrize(
    ("asked", "said", "fix"),
    [
        pytest.param({"direction": {"emotion": "furious"}}, "emotion: Input should be", "Correct the", id="no emotion"),
        pytest.param({"direction": {"x": 1}}, "x: Extra inputs", "Correct the direction", id="no such word"),
        pytest.param({"direction": {"line": "No."}}, "a line needs a voice", "Add voice: NAME", id="a line unspoken"),
        pytest.param({"direction": None}, "“direction” is missing", None, id="no direction"),
        pytest.param({"cue": "x"}, "there is no cue “x”", "Read the page", id="no cue"),
        pytest.param({"engine": "sync"}, "There is no key for sync", "SYNC_API_KEY", id="no key"),
        pytest.param({"engine": "nobody"}, "There is no engine “nobody”", "There are: sync", id="no engine"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_a_way_out(
    fresh: Scene, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], said: str, fix: str | None
) -> None:
    """Nothing is sent, and the words say what to do."""
    monkeypatch.delenv("SYNC_API_KEY", raising=False)
    with reviewed(fresh) as review:
        answer = Visitor(review).post("/api/ask", **{"shot": B, "cue": CUE, "direction": {"emotion": "happy"}, **asked})
    assert 400 == answer.status_code
    assert answer.json()["message"].startswith(said)
    assert fix is None or fix in answer.json()["fix"]


def test_an_engine_that_the_settings_do_not_allow_is_not_asked(fresh: Scene) -> None:
    """The page may do no more than the command."""
    with reviewed(fresh, allowed_engines=("preview",)) as review:
        asked = {"shot": B, "cue": CUE, "direction": {"emotion": "happy"}, "engine": "segmind"}
        answer = Visitor(review).post("/api/ask", **asked)
    assert (400, "your settings do not allow the engine “segmind”") == (answer.status_code, answer.json()["message"])


def test_the_price_is_said_before_anything_is_paid(fresh: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A paid engine's price stands in money and words; above the ceiling there is nothing to agree to."""
    monkeypatch.setenv("RUNWARE_API_KEY", "not-a-real-one")
    asked = {"shot": B, "cue": CUE, "direction": {"emotion": "happy"}, "engine": "runware"}
    with reviewed(fresh) as review:
        offer = Visitor(review).post("/api/ask", **asked).json()
    assert offer["cost"] > 0
    assert all(word in offer["words"] for word in ("runware", "1 request", "Together:", "Uploads go to"))
    with reviewed(fresh, max_cost=0.0001) as review:
        refused = Visitor(review).post("/api/ask", **asked)
    assert 400 == refused.status_code
    assert "your settings allow" in refused.json()["message"]


def test_nothing_is_asked_while_a_run_is_open(copy: Scene) -> None:
    """A run that is not at its end is ended first: its budget and its cues are its own."""
    with Ledger.open(copy.project) as ledger:
        ledger.runs.begin(
            timeline=copy.timeline, out=copy.out, plan="{}", writing="{}", base_url=None, max_cost_usd=None,
            allow_unknown_cost=False,
        )  # fmt: skip
    with reviewed(copy) as review:
        answer = Visitor(review).post("/api/ask", shot=B, cue=CUE, direction={"emotion": "happy"})
    assert (400, "an earlier run of this timeline is not at its end") == (answer.status_code, answer.json()["message"])
    assert "reperform resume" in answer.json()["fix"]


def test_a_yes_is_paid_once(fresh: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """One request leaves for one yes, whatever is pressed again; the take says who performed it."""
    with Emulator() as emulator:
        for name, key in emulator.environment.items():
            monkeypatch.setenv(name, key)
        with reviewed(fresh, base_url=emulator.base_url) as review:
            visitor = Visitor(review)
            offer = _asked(visitor, {"emotion": "surprised"}, engine="runware")
            assert [] == emulator.billed
            answers = [visitor.post(f"/api/ask/{offer['id']}/yes").status_code for _ in range(3)]
            assert [200, 400, 400] == answers
            _done(review)
            shot = until(
                lambda: visitor.shot(B), lambda shot: any(each["engine"] == "runware" for each in shot["versions"])
            )
        assert 1 == len(emulator.billed)
    made = next(each for each in shot["versions"] if each["engine"] == "runware")
    assert ("performed", {"emotion": "surprised"}, True) == (made["kind"], made["direction"], made["passed"])


def _asked(visitor: Visitor, direction: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = visitor.post("/api/ask", shot=B, cue=CUE, direction=direction, **more)
    assert 200 == answer.status_code, answer.text
    offer: dict[str, Any] = answer.json()
    return offer


def _done(review: Review) -> None:
    until(lambda: review.asking.is_going_on, lambda going_on: not going_on)
    assert [] == review.board.more_problems
