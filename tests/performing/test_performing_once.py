"""Paid once: what a run that comes again, or asks for more, performs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import burned
from performing.conftest import Film
from performing.performing_kit import CAPABILITIES, SETTINGS, Service, cue, plan_of, run, shot
from performing.run_kit import SHOT
from reperform.ledger.ledger import Ledger
from reperform.model import Plan
from reperform.performing.knowing import key_by


def test_running_again_performs_nothing_and_changes_nothing(one_cue: Plan, project: Path, service: Service) -> None:
    """The same cut again: no request, no file written, the same takes."""
    first = run(one_cue, project, service=service)
    made = {path: path.stat().st_mtime_ns for path in (project / "takes").iterdir()}
    again = run(one_cue, project, service=service)
    assert (again.takes, again.made, again.attempts, again.problems) == (first.takes, (), (), ())
    assert {path: path.stat().st_mtime_ns for path in (project / "takes").iterdir()} == made
    assert len(service.billed) == 1


@pytest.mark.parametrize(
    ("edited", "billed", "made"),
    [
        pytest.param(lambda film, cues: shot(film.source, *cues, record_in=500), 0, 0, id="moved in the cut"),
        pytest.param(lambda film, cues: shot(film.source, *cues, visible=(10, 28)), 0, 0, id="trimmed outside the cue"),
        pytest.param(
            lambda film, cues: shot(film.source, *cues, visible=(8, 36)), 0, 1, id="extended: the handles are used up"
        ),
        pytest.param(
            lambda film, cues: shot(film.source, cue(14, 6, voice=film.voice, emotion="angry"), visible=(14, 28)),
            0,
            0,
            id="trimmed inside the cue",
        ),
        pytest.param(
            lambda film, cues: shot(film.source, cue(14, 6, voice=film.voice, emotion="angry")),
            0,
            1,
            id="a shorter mark: less of the result is used",
        ),
        pytest.param(
            lambda film, cues: shot(film.source, *cues, cue(24, 6, voice=film.voice)), 1, 1, id="a second cue added"
        ),
        pytest.param(
            lambda film, cues: shot(film.source, cue(12, 8, voice=film.voice, emotion="sad")),
            1,
            1,
            id="another emotion",
        ),
        pytest.param(
            lambda film, cues: shot(film.source, cue(12, 8, voice=film.other_voice, emotion="angry")),
            1,
            1,
            id="another voice",
        ),
        pytest.param(
            lambda film, cues: shot(film.source, cue(12, 9, voice=film.voice, emotion="angry")),
            1,
            1,
            id="a frame longer than what is paid",
        ),
        pytest.param(
            lambda film, cues: shot(film.source, cue(12, 8, voice=film.voice, emotion="angry", note="softer")),
            0,
            0,
            id="another note",
        ),
    ],
)
def test_only_what_is_new_is_paid_and_made(
    tmp_path: Path, film: Film, project: Path, service: Service, edited: Any, billed: int, made: int
) -> None:
    """After an edit exactly the cues that are not covered are requested, and a take is made only where it would differ."""
    cues = (cue(12, 8, voice=film.voice, emotion="angry"),)
    first = run(plan_of(tmp_path, shot(film.source, *cues)), project, service=service)
    later = edited(film, cues)
    performed = run(plan_of(tmp_path, later), project, service=service)
    assert (len(service.billed) - 1, len(performed.made), performed.problems) == (billed, made, ())
    takes = performed.takes[later.id]
    assert {take.shot_id for take in takes} == {later.id}
    assert all(take.range.contains(later.media.visible) and take.passed for take in takes)
    assert [take.number for take in takes] == sorted(take.number for take in takes)
    if not made:
        assert [take.id for take in takes] == list(first.made)
        assert [each.id for each in takes[0].cues] == [each.id for each in later.cues]


def test_another_direction_adds_a_take_beside_the_earlier(
    tmp_path: Path, film: Film, one_cue: Plan, project: Path, service: Service
) -> None:
    """Nothing earlier is lost; the newest is the last."""
    run(one_cue, project, service=service)
    sad = shot(film.source, cue(12, 8, voice=film.voice, emotion="sad"))
    takes = run(plan_of(tmp_path, sad), project, service=service).takes[SHOT]
    assert [(take.number, take.cues[0].direction.emotion) for take in takes] == [(1, "angry"), (2, "sad")]


def test_one_cue_of_two_changed_pays_for_one(tmp_path: Path, film: Film, project: Path, service: Service) -> None:
    """The other keeps its result, in the new take too."""
    kept = cue(12, 6, voice=film.voice, emotion="angry")
    first = run(plan_of(tmp_path, shot(film.source, kept, cue(22, 6, voice=film.voice))), project, service=service)
    changed = cue(22, 6, voice=film.voice, emotion="sad")
    second = run(plan_of(tmp_path, shot(film.source, kept, changed)), project, service=service)
    assert len(service.billed) == 3
    assert second.takes[SHOT][1].cues[0].result_id == first.takes[SHOT][0].cues[0].result_id


def test_the_same_cue_twice_in_a_cut_is_paid_once(tmp_path: Path, film: Film, project: Path, service: Service) -> None:
    """Two shots that use the same frames with the same voice wait for one job, and share its take."""
    cues = (cue(12, 8, voice=film.voice),)
    shots = [shot(film.source, *cues, record_in=at) for at in (0, 200)]
    performed = run(plan_of(tmp_path, *shots), project, service=service)
    assert len(service.billed) == 1
    assert [[take.id for take in performed.takes[each.id]] for each in shots] == [["A001C003_14221009_RP001"]] * 2
    assert performed.problems == ()


@pytest.mark.parametrize(
    ("per_job", "requests"),
    [
        pytest.param(1, [[1, 1], [1]], id="one result a request"),
        pytest.param(4, [[2], [1]], id="several results in one request"),
    ],
)
def test_more_takes_pay_only_for_the_missing(
    tmp_path: Path, film: Film, project: Path, per_job: int, requests: list[list[int]]
) -> None:
    """`takes: 2` makes two takes; raised to 3, one more is asked for."""
    service = Service(tmp_path / "service", can=partial(replace, CAPABILITIES, results_per_job=per_job))
    for takes in (2, 3):
        before = len(service.billed)
        plan = plan_of(tmp_path, shot(film.source, cue(12, 8, voice=film.voice, takes=takes)))
        performed = run(plan, project, service=service)
        assert [take.number for take in performed.takes[SHOT]] == list(range(1, takes + 1))
        assert [body["results"] for body in service.billed[before:]] == requests[takes - 2]
        assert len({take.cues[0].result_id for take in performed.takes[SHOT]}) == takes


def test_another_adds_one_take(tmp_path: Path, film: Film, project: Path, service: Service) -> None:
    """`--another CUE` performs that cue once more, alone; the other cue's last result stands in the new take too."""
    plan = plan_of(tmp_path, shot(film.source, cue(12, 6, voice=film.voice), cue(22, 6, voice=film.voice)))
    run(plan, project, service=service)
    takes = run(plan, project, service=service, another={"cue@12"}).takes[SHOT]
    assert [body["frames"] for body in service.billed] == [22, 12]
    results = [[each.result_id for each in take.cues] for take in takes]
    assert results[0][0] != results[1][0]
    assert results[0][1] == results[1][1]


@pytest.mark.parametrize("seam", [2, 0], ids=["parts that overlap", "parts that abut"])
def test_a_cue_that_is_too_long_is_paid_in_parts(tmp_path: Path, film: Film, project: Path, seam: int) -> None:
    """Each part is claimed on its own; the cue has its result when all have. Again, and trimmed, it is paid."""
    service = Service(tmp_path / "service", can=partial(replace, CAPABILITIES, longest_input_seconds=Fraction(22, 25)))
    settings = SETTINGS.model_copy(update={"seam_frames": seam})
    whole = plan_of(tmp_path, shot(film.source, cue(6, 28, voice=film.voice), visible=(4, 36)), settings=settings)
    performed = run(whole, project, service=service)
    assert performed.problems == ()
    assert burned.numbers(performed.takes[SHOT][0].path) == list(range(40))
    assert [body["frames"] <= 22 for body in service.billed] == [True, True]
    again = run(whole, project, service=service)
    assert (again.made, len(service.billed)) == ((), 2)
    if seam:
        trimmed = plan_of(tmp_path, shot(film.source, cue(7, 27, voice=film.voice), visible=(7, 34)), settings=settings)
        assert run(trimmed, project, service=service).problems == ()
        assert len(service.billed) == 2


def test_a_lost_result_is_not_paid_again_by_itself(one_cue: Plan, project: Path, service: Service) -> None:
    """Neither is a lost take, but that is made again, under its number."""
    first = run(one_cue, project, service=service)
    first.takes[SHOT][0].path.unlink()
    again = run(one_cue, project, service=service)
    assert [take.id for take in again.takes[SHOT]] == [take.id for take in first.takes[SHOT]]
    assert again.takes[SHOT][0].path.exists()
    again.takes[SHOT][0].path.unlink()
    next(project.glob("results/*/0.mp4")).unlink()
    lost = run(one_cue, project, service=service)
    assert "no longer there" in lost.problems[0].message
    assert len(service.billed) == 1


def test_the_plan_knows_what_is_paid(
    tmp_path: Path, film: Film, one_cue: Plan, project: Path, service: Service
) -> None:
    """By its quick key: a cue that was performed needs no job; one that was changed does."""

    def takes_known(plan: Plan) -> int:
        with key_by(engine=service, model="one", settings=SETTINGS, folder=tmp_path) as key_of:
            key = key_of(plan.shots[0], plan.shots[0].cues[0])
        assert key is not None
        with Ledger.open(project) as ledger:
            return ledger.results.paid_takes(key)

    assert takes_known(one_cue) == 0
    run(one_cue, project, service=service)
    assert takes_known(one_cue) == 1
    assert takes_known(plan_of(tmp_path, shot(film.source, cue(12, 8, voice=film.voice, emotion="sad")))) == 0


def test_a_cue_without_media_has_no_quick_key(tmp_path: Path, film: Film, service: Service) -> None:
    """The plan can be shown while media are offline."""
    gone = cue(12, 8, voice=tmp_path / "gone.wav")
    with key_by(engine=service, model="one", settings=SETTINGS, folder=tmp_path) as key_of:
        assert key_of(shot(film.source, gone), gone) is None


def test_a_mezzanine_that_is_not_used_makes_no_take_anew(
    tmp_path: Path, film: Film, project: Path, service: Service
) -> None:
    """Motion JPEG's packets are copied, whatever anything else would become."""
    wanted = shot(film.source, cue(12, 8, voice=film.voice))
    first = run(plan_of(tmp_path, wanted), project, service=service)
    other = SETTINGS.model_copy(update={"mezzanine": "dnxhr"})
    again = run(plan_of(tmp_path, wanted, settings=other), project, service=service)
    assert (len(first.made), again.made, again.takes) == (1, (), first.takes)
