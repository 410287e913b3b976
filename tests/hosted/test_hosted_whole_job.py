"""The whole job through the real command, for every path of the hosted engines and for a studio's own program."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from hosted.hosted_kit import PATHS, Hosting, Way

MODEL = Path(__file__).parents[1] / "engines_http" / "a_model.py"


@pytest.mark.parametrize("way", PATHS, ids=lambda way: way.name)
def test_a_cut_is_performed_and_paid_once(way: Way, hosting: Hosting) -> None:
    """Takes show the frames of their originals; each request is billed once; a second run bills and makes nothing."""
    first = hosting.run(way)
    assert first.status == 0, first.said
    hosting.prove_takes(first.json)
    assert (hosting.bills(), hosting.states()) == (way.jobs, ["fetched"] * way.jobs)
    assert len(hosting.rows("SELECT * FROM results")) == 2
    assert hosting.rows("SELECT * FROM addresses") == []
    second = hosting.run(way)
    assert (second.status, second.json["made"], second.json["changed"]) == (0, [], False)
    assert (hosting.bills(), hosting.emulator.leaks) == (way.jobs, [])
    if (way.engine, way.jobs) in (("sync", 1), ("runware", 1)):
        (work,) = hosting.emulator.world.works.values()
        assert len(segments(work.body)) == 2


def segments(body: dict[str, object]) -> list[object]:
    """Wherever the engine has them."""
    found = body.get("segments") or body.get("settings", {}).get("segments")  # type: ignore[attr-defined]  # JSON
    assert isinstance(found, list)
    return found


def test_a_program_of_the_studio_performs(hosting: Hosting) -> None:
    """The engine `command`, with a small real program: frame-exact, and not run again."""
    words = [sys.executable, str(MODEL)]
    text = f"{shlex.join(words)} --video {{video}} --audio={{audio}} --segments {{segments}} --direction {{direction}}"
    way = Way("command", "mine", 2)
    options = ("--command", f"{text} --output {{output}}")
    first = hosting.run(way, *options)
    assert first.status == 0, first.said
    hosting.prove_takes(first.json)
    again = hosting.run(way, *options)
    assert (again.status, again.json["made"], hosting.bills()) == (0, [], 0)
    assert set(hosting.states()) == {"fetched"}
