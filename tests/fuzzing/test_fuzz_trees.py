"""Timelines that Hypothesis makes: a valid one gives the frames that a second opinion gives, a spoiled one a plan or a word."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzzing.campaign import Campaign
from fuzzing.corpus import KINDS
from fuzzing.judging import agrees, judge, probe_once
from fuzzing.reels import make_reels
from fuzzing.worker import read_here, settings_of, try_case
from reperform.model import Plan

CASES = int(os.environ.get("REPERFORM_FUZZ_CASES", "100000"))
SEED = int(os.environ.get("REPERFORM_FUZZ_SEED", "1"))
"""Of the long run."""

few = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
randoms = st.randoms(use_true_random=False)


@pytest.fixture(scope="session")
def reels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_reels(tmp_path_factory.mktemp("reels"))


@pytest.fixture
def in_process() -> Iterator[None]:
    """Media is opened once, and other formats are read here."""
    undo: list[Callable[[], None]] = [probe_once(), read_here()]
    yield
    for each in undo:
        each()


@few
@given(random=randoms)
def test_a_valid_timeline_gives_the_frames_of_a_second_opinion(in_process: None, reels: Path, random: Random) -> None:
    """Every marked clip has exactly the expected frames, or is refused by name."""
    try_case(KINDS["valid"][1](1, "valid", random), reels / "valid", settings_of(reels))


@settings(few, max_examples=80)
@given(random=randoms, kind=st.sampled_from([kind for kind in KINDS if kind not in ("valid", "aaf")]))
def test_a_spoiled_timeline_gives_a_plan_or_a_word(in_process: None, reels: Path, random: Random, kind: str) -> None:
    """No traceback, whatever it holds."""
    try_case(KINDS[kind][1](1, kind, random), reels / "spoiled", settings_of(reels))


def test_most_shots_are_judged_and_not_just_refused(in_process: None, reels: Path) -> None:
    """The second opinion would be worth nothing if it let everything pass."""
    seen: Counter[str] = Counter()
    for number in range(25):
        case = KINDS["valid"][1](number, "valid", Random(f"judged:{number}"))
        path = reels / "judged.otio"
        path.write_bytes(case.content)
        plan = judge(path, settings_of(reels), printed=False)
        assert isinstance(plan, Plan) and case.cut is not None
        seen += agrees(case.cut, plan)
    assert seen["same"] + seen["same retimed"] > 1.5 * (seen["refused"] + seen["unjudged"]), seen


def test_a_share_of_the_long_run(reels: Path) -> None:
    """In child processes with bounded memory and time, where a crash of the interpreter is seen and pinned to its input."""
    report = Campaign(seed=20_000, cases=120, batch=60, folder=reels).run()
    assert (report.tried, report.wrong) == (120, [])


@pytest.mark.slow
def test_the_long_run(reels: Path, tmp_path: Path) -> None:
    """100,000 inputs; `python tests/fuzzing/campaign.py --progress FILE` is the same, and goes on where it was stopped."""
    workers = os.cpu_count() or 1
    report = Campaign(seed=SEED, cases=CASES, folder=reels, workers=workers, progress=tmp_path / "progress.json").run()
    assert (report.tried, report.wrong) == (CASES, [])
