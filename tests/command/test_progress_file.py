"""What a program that watches a run reads: one object a line, from the first to the last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from planning.builders import cue, shot
from reperform.cli._progress_file import progress_file
from reperform.errors import CostCeiling, Interrupted
from reperform.performing.listening import Stage, silence
from whole.command_kit import call

SHOTS = [shot(cue(10, 40), id=f"V1@01:00:0{number}:00", clip="Mara asks") for number in (1, 2)]


def events(path: Path) -> list[dict[str, Any]]:
    """Every line is a whole object."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_step_is_a_line(tmp_path: Path) -> None:
    """How far the shot is, how far all are, and how many; it never goes back; shots that are not meant are not told."""
    path = tmp_path / "p.jsonl"
    with progress_file(path, shots=SHOTS) as told:
        tell = told.beside(silence)
        tell(SHOTS[0].id, Stage.WAITING, "performing", 0.5)
        tell(SHOTS[0].id, Stage.PREPARING)
        tell("V9@01:00:00:00", Stage.DONE)
        tell(SHOTS[0].id, Stage.DONE, "1 take", 1.0)
        tell(SHOTS[1].id, Stage.FAILED, "refused")
        told.end(1, cost={"amount": 0.5, "currency": "USD", "known": True})
    begin, *steps, end = events(path)
    keys = ("shot", "state", "words", "detail", "reached", "fraction", "done", "failed", "shots")
    first, second = (each.id for each in SHOTS)
    assert ("begin", [first, second]) == (begin["kind"], [each["id"] for each in begin["shots"]])
    assert [
        (first, "waiting", "performing", "performing", 0.555, 0.2775, 0, 0, 2),
        (first, "preparing", "preparing", "", 0.555, 0.2775, 0, 0, 2),
        (first, "done", "done", "1 take", 1.0, 0.5, 1, 0, 2),
        (second, "failed", "failed", "refused", 0.0, 1.0, 1, 1, 2),
    ] == [tuple(step[key] for key in keys) for step in steps]
    assert ("end", "failed", 1, 0.5) == (end["kind"], end["state"], end["status"], end["cost"]["amount"])


def test_a_line_is_there_at_once(tmp_path: Path) -> None:
    """Who polls sees a step while the next one is still going on."""
    path = tmp_path / "p.jsonl"
    with progress_file(path, shots=SHOTS) as told:
        told.beside(silence)(SHOTS[0].id, Stage.PREPARING)
        assert ["begin", "shot"] == [event["kind"] for event in events(path)]


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (KeyboardInterrupt(), ("stopped", 130, "stopped")),
        (Interrupted("stopped"), ("stopped", 130, "stopped")),
        (CostCeiling("too dear", fix=""), ("failed", 3, "too dear")),
        (ZeroDivisionError("zero"), ("failed", 2, "ZeroDivisionError: zero")),
    ],
    ids=["Ctrl-C", "interrupted", "a ceiling", "a fault"],
)
def test_the_last_line_says_how_it_ended(error: BaseException, end: tuple[str, int, str], tmp_path: Path) -> None:
    """Also where it did not end well; the error goes on its way."""
    path = tmp_path / "p.jsonl"
    with pytest.raises(type(error)), progress_file(path, shots=SHOTS):
        raise error
    last = events(path)[-1]
    assert end == (last["state"], last["status"], last["message"])


def test_a_run_tells_its_steps_and_where_its_takes_belong(scene: Path) -> None:
    """`run --progress`; its document says of each take which frames are seen under the shot, and what the sound does."""
    path = scene / "p.jsonl"
    out = scene / "out.otio"
    ran = call("run", scene / "the_letter.otio", "-o", out, "--only", "Mara asks", "--json", "--progress", path)
    told = events(path)
    states = list(dict.fromkeys(event["state"] for event in told if event["kind"] == "shot"))
    assert ("begin", "end", "done", 0) == (told[0]["kind"], told[-1]["kind"], told[-1]["state"], told[-1]["status"])
    assert {"preparing", "waiting", "conforming", "done"} <= set(states)
    shot_told = next(each for each in ran.json["shots"] if each["takes"])
    take = next(each for each in ran.json["takes"] if each["shot_id"] == shot_told["id"])
    head = shot_told["media"]["in_frame"] - take["in_frame"]
    assert [{"id": take["id"], "in": head, "out": head + shot_told["media"]["frames"]}] == shot_told["takes"]
    assert ("keep", "V1", [0, 0]) == (shot_told["sound"], shot_told["track"], shot_told["address"])


def test_a_resume_tells_its_steps(scene: Path) -> None:
    """`resume --progress`, with nothing left to do."""
    call("run", scene / "the_letter.otio", "-o", scene / "out.otio", "--only", "Mara asks", "--json")
    path = scene / "p.jsonl"
    ran = call("resume", scene / "the_letter.otio", "--json", "--progress", path)
    assert (0, ["begin", "end"]) == (ran.status, [event["kind"] for event in events(path)])


def test_the_engines_as_a_document() -> None:
    """What a panel offers: models with prices, whether a key is there."""
    found = {each["name"]: each for each in call("engines", "--json").json["engines"]}
    assert (None, True) == (found["preview"]["key"], found["preview"]["models"][0]["free"])
    assert ({"key", "models", "name", "note", "variable", "why"}, False) == (
        set(found["sync"]),
        found["sync"]["models"][0]["free"],
    )
