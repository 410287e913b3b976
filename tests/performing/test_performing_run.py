"""A run, end to end on real media: what is paid, what is made of it, and what is said when something goes wrong."""

from __future__ import annotations

import stat
import subprocess
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import imageio_ffmpeg
import pytest

import burned
from performing.conftest import Film
from performing.performing_kit import CAPABILITIES, RATE, SETTINGS, Service, cue, engines, plan_of, run, shot
from reperform.errors import (
    AccessRefused,
    Expired,
    JobFailed,
    NotSubmitted,
    Rejected,
    ReperformError,
    SubmissionUnknown,
)
from reperform.ledger.ledger import Ledger
from reperform.model import Place, Plan, Problem, Shot
from reperform.performing.knowing import key_by
from reperform.performing.listening import Stage
from reperform.performing.performed import Performed
from reperform.performing.run import perform

SHOT = "V1@01:00:00:00"


@pytest.fixture
def one_cue(tmp_path: Path, film: Film) -> Plan:
    return plan_of(tmp_path, shot(film.source, cue(12, 8, voice=film.voice, emotion="angry")))


def _states(project: Path) -> list[str]:
    with Ledger.open(project) as ledger:
        return [attempt.state.value for attempt in ledger.claims.attempts()]


def _said(performed: Performed) -> list[tuple[str | None, str | None, str | None, str]]:
    return [(each.where.track, each.where.clip, each.where.timecode, each.message) for each in performed.problems]


def test_a_marked_shot_becomes_a_take(tmp_path: Path, film: Film, project: Path, service: Service) -> None:
    """Each cue is one request; its take covers what is visible and the handles, every frame in its place, on the original's clock."""
    plan = plan_of(
        tmp_path, shot(film.source, cue(12, 6, voice=film.voice, emotion="angry"), cue(22, 6, voice=film.voice))
    )
    performed = run(plan, project, service=service)
    (take,) = performed.takes[SHOT]
    assert (performed.problems, performed.failed, performed.made) == ((), frozenset(), ("A001C003_14221009_RP001",))
    assert take.path == project / "takes" / "A001C003_14221009_RP001.mov"
    assert burned.numbers(take.path) == list(range(4, 36))
    assert (take.passed, take.reel, take.range, take.start_frame) == (True, "A001R1_RP001", take.range, 1293255 + 4)
    assert [(each.id, each.direction.emotion) for each in take.cues] == [("cue@12", "angry"), ("cue@22", None)]
    assert [body["frames"] for body in service.billed] == [12, 12]
    assert (performed.cost_usd, take.cost.amount) == (0.5, 0.5)


def test_what_lies_in_a_project(one_cue: Plan, project: Path, service: Service) -> None:
    """The ledger, the results and the takes; the work is gone, and so is every address, in every file."""
    run(one_cue, project, service=service)
    files = sorted(path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file())
    (attempt,) = (path.name for path in (project / "results").iterdir())
    assert files == ["ledger.sqlite", f"results/{attempt}/0.mp4", "takes/A001C003_14221009_RP001.mov"]
    assert [name for name in files if b"hush-hush" in (project / name).read_bytes()] == []
    assert stat.S_IMODE(project.stat().st_mode) == 0o700


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


@pytest.mark.parametrize(
    ("step", "error", "state", "after"),
    [
        pytest.param("upload", JobFailed("no space"), "failed", "fetched", id="upload failed"),
        pytest.param("upload", NotSubmitted("no route"), "prepared", "fetched", id="upload out of reach"),
        pytest.param("submit", NotSubmitted("no route"), "uploaded", "fetched", id="the request never arrived"),
        pytest.param("submit", Rejected("no face"), "rejected", "rejected", id="the request was refused"),
        pytest.param("submit", SubmissionUnknown("cut off"), "unknown", "unknown", id="the request may have arrived"),
        pytest.param(
            "answer", TimeoutError("cut off"), "unknown", "unknown", id="the answer was lost in any other way"
        ),
        pytest.param("wait", JobFailed("no face"), "failed", "failed", id="the engine failed"),
        pytest.param("wait", ReperformError("no route"), "submitted", "fetched", id="the engine could not be asked"),
        pytest.param("fetch", ReperformError("no route"), "finished", "fetched", id="the result could not be fetched"),
    ],
)
def test_a_failed_step_leaves_the_right_state(
    one_cue: Plan, project: Path, service: Service, step: str, error: Exception, state: str, after: str
) -> None:
    """What nothing was sent of is tried anew by the next run, what is out there is gone on with, the rest is left."""
    service.failing = [(step, error)]
    first = run(one_cue, project, service=service)
    assert (_states(project), first.failed) == ([state], frozenset({SHOT}))
    assert _said(first)[0][:3] == ("V1", "MARA_CU", "01:00:00:04")
    assert str(error) in _said(first)[0][3]
    second = run(one_cue, project, service=service)
    assert _states(project)[-1] == after
    assert bool(second.failed) is (after != "fetched")
    assert len(service.billed) == (0 if after == "rejected" or (after, step) == ("unknown", "submit") else 1)


def test_one_bad_shot_does_not_stop_the_others(tmp_path: Path, film: Film, project: Path, service: Service) -> None:
    """The failure is a problem in its place; every other shot has its take."""
    service.failing = [("submit", Rejected("no face"))]
    shots = [shot(film.source, cue(12 + 5 * n, 4, voice=film.voice), record_in=100 * n) for n in range(3)]
    performed = run(plan_of(tmp_path, *shots), project, service=service, jobs_at_once=1)
    assert len(performed.failed) == 1
    assert [message for _, _, _, message in _said(performed)] == ["no face"]
    assert sum(len(takes) for takes in performed.takes.values()) == 2


def test_no_key_no_more_requests(tmp_path: Path, film: Film, project: Path, service: Service) -> None:
    """An engine that refuses us is not asked again in this run."""
    service.failing = [("submit", AccessRefused("no credit"))] * 3
    shots = [shot(film.source, cue(12 + n, 4, voice=film.voice), record_in=100 * n) for n in range(3)]
    performed = run(plan_of(tmp_path, *shots), project, service=service, jobs_at_once=1)
    assert (len(service.failing), performed.refused) == (2, service.failing[0][1])
    assert len(performed.failed) == 3
    service.failing = []
    assert run(plan_of(tmp_path, *shots), project, service=service).problems == ()
    assert len(service.billed) == 3


def test_a_cue_that_another_process_performs_is_left_to_it(one_cue: Plan, project: Path, service: Service) -> None:
    """It is not paid for, and the problem says who has it; when that process died, its place is taken."""
    with Ledger.open(project) as other:
        anyio.run(partial(_cancelled_while_waiting, one_cue, other, service))
        performed = run(one_cue, project, service=service)
        assert "another reperform is performing this cue now (process" in performed.problems[0].message
        assert "run again" in (performed.problems[0].fix or "")
    assert run(one_cue, project, service=service).problems == ()
    assert len(service.billed) == 1


async def _cancelled_while_waiting(plan: Plan, ledger: Ledger, service: Service) -> None:
    """A run that is stopped as soon as the engine has the job."""
    with anyio.CancelScope() as scope:

        def listener(shot_id: str, stage: Stage, detail: str = "", fraction: float | None = None) -> None:
            if stage is Stage.WAITING and fraction is not None:
                scope.cancel()

        await perform(plan, ledger=ledger, engine_of=engines(service=service), listener=listener)
    assert scope.cancelled_caught


def test_a_run_that_is_stopped_goes_on_later(one_cue: Plan, project: Path, service: Service) -> None:
    """Cancelled while the engine performs: the job stays there, and the next run fetches it."""
    with Ledger.open(project) as ledger:
        anyio.run(partial(_cancelled_while_waiting, one_cue, ledger, service))
    assert _states(project) == ["submitted"]
    performed = run(one_cue, project, service=service)
    assert (_states(project), len(service.billed), len(performed.made)) == (["fetched"], 1, 1)


def test_what_was_sent_is_fetched_although_the_mark_is_gone(
    tmp_path: Path, film: Film, one_cue: Plan, project: Path, service: Service
) -> None:
    """A paid result is fetched by the next run of the project, whatever cut that is for."""
    with Ledger.open(project) as ledger:
        anyio.run(partial(_cancelled_while_waiting, one_cue, ledger, service))
    run(plan_of(tmp_path), project, service=service)
    assert _states(project) == ["fetched"]
    assert len(run(one_cue, project, service=service).made) == 1
    assert len(service.billed) == 1


@pytest.mark.parametrize(
    ("changed", "states"),
    [
        pytest.param(lambda film: {}, ["fetched"], id="the same cut: the same attempt goes on"),
        pytest.param(
            lambda film: {"note": "x", "emotion": "sad"}, ["uploaded", "fetched"], id="another direction: it is left"
        ),
    ],
)
def test_an_attempt_of_which_nothing_was_sent(
    tmp_path: Path, film: Film, project: Path, service: Service, changed: Any, states: list[str]
) -> None:
    """It goes on under its identity when it is just what is wanted; else it costs nothing to leave it."""
    service.failing = [("submit", NotSubmitted("no route"))]
    asked: dict[str, Any] = {"emotion": "angry"}
    run(plan_of(tmp_path, shot(film.source, cue(12, 8, voice=film.voice, **asked))), project, service=service)
    plan = plan_of(tmp_path, shot(film.source, cue(12, 8, voice=film.voice, **(asked | changed(film)))))
    assert run(plan, project, service=service).problems == ()
    assert (_states(project), len(service.billed)) == (states, 1)


def test_an_attempt_with_other_settings_is_made_anew(
    tmp_path: Path, film: Film, project: Path, service: Service
) -> None:
    """Of the old one nothing was sent: it is cancelled, and its claim is free."""
    service.failing = [("submit", NotSubmitted("no route"))]
    wanted = shot(film.source, cue(12, 8, voice=film.voice))
    run(plan_of(tmp_path, wanted), project, service=service)
    more_context = SETTINGS.model_copy(update={"context_frames": 5})
    assert run(plan_of(tmp_path, wanted, settings=more_context), project, service=service).problems == ()
    assert (_states(project), [body["frames"] for body in service.billed]) == (["cancelled", "fetched"], [18])


def test_without_all_results_there_is_a_take_only_with_partial(
    tmp_path: Path, film: Film, project: Path, service: Service
) -> None:
    """A shot of which one cue failed gets no take, or with `--partial` one of what there is; the shot counts as failed."""
    plan = plan_of(tmp_path, shot(film.source, cue(12, 4, voice=film.voice), cue(24, 4, voice=film.voice)))
    service.failing = [("submit", SubmissionUnknown("cut off"))]
    performed = run(plan, project, service=service, jobs_at_once=1)
    assert (performed.takes[SHOT], performed.failed) == ((), frozenset({SHOT}))
    some = run(plan, project, service=service, partial_takes=True)
    assert ([len(take.cues) for take in some.takes[SHOT]], some.failed) == ([1], frozenset({SHOT}))


def test_a_shot_with_an_error_in_the_plan_is_left_alone(
    tmp_path: Path, film: Film, project: Path, service: Service
) -> None:
    """An error anywhere inside the shot stops it, and it only."""
    shots = [shot(film.source, cue(12 + n, 4, voice=film.voice), record_in=100 * n) for n in range(2)]
    error = Problem(
        severity="error", where=Place(track="V1", clip="MARA_CU", timecode="01:00:00:20"), message="two emotions"
    )
    performed = run(plan_of(tmp_path, *shots, problems=[error]), project, service=service)
    assert (performed.failed, performed.problems, len(service.billed)) == (frozenset({SHOT}), (), 1)


def test_a_result_that_cannot_be_used_is_kept_and_not_paid_again(
    tmp_path: Path, film: Film, one_cue: Plan, project: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is paid for: the problem says what is wrong with it, where it lies, and how to ask for another."""

    async def too_short(output: Any, into: Path) -> None:
        burned.make_movie(into, rate=RATE, frames=3, size=(160, 90))

    monkeypatch.setattr(service, "fetch", too_short)
    for _ in range(2):
        performed = run(one_cue, project, service=service)
        assert (performed.takes[SHOT], performed.failed, len(service.billed)) == ((), frozenset({SHOT}), 1)
        (problem,) = performed.problems
        assert "cannot be used" in problem.message
        assert "--another cue@12" in (problem.fix or "")
    monkeypatch.undo()
    assert len(run(one_cue, project, service=service, another={"cue@12"}).made) == 1


def test_what_is_no_movie_is_fetched_again(
    one_cue: Plan, project: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error page in the place of a result is not the result: it stays to be fetched, and is paid for once."""

    async def page(output: Any, into: Path) -> None:
        into.write_bytes(b"<html>not found</html>")

    monkeypatch.setattr(service, "fetch", page)
    performed = run(one_cue, project, service=service)
    assert (performed.resumable, performed.failed) == (True, frozenset({SHOT}))
    assert "is no movie" in performed.problems[0].message
    monkeypatch.undo()
    again = run(one_cue, project, service=service)
    assert (len(again.made), again.problems, len(service.billed)) == (1, (), 1)


def test_what_was_cut_on_its_way_is_fetched_twice(
    one_cue: Plan, project: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A movie that is too short may have been cut: the longer of two stands."""
    whole, fetched = service.fetch, list[Path]()

    async def cut_first(output: Any, into: Path) -> None:
        fetched.append(into)
        if len(fetched) == 1:
            burned.make_movie(into, rate=RATE, frames=3, size=(160, 90))
        else:
            await whole(output, into)

    monkeypatch.setattr(service, "fetch", cut_first)
    performed = run(one_cue, project, service=service)
    assert (len(performed.made), performed.problems, len(fetched)) == (1, (), 2)


def test_a_result_whose_address_is_no_longer_good_is_asked_for_anew(
    one_cue: Plan, project: Path, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Addresses live shorter than jobs: only what the engine itself no longer has is expired."""
    whole, waits = service.fetch, list[str]()

    async def fetch(output: Any, into: Path) -> None:
        if len(waits) < 2:
            raise Expired("gone")
        await whole(output, into)

    async def wait(submitted: Any, progress: Any) -> Any:
        waits.append(submitted.remote_id)
        return await Service.wait(service, submitted, progress)

    monkeypatch.setattr(service, "fetch", fetch)
    monkeypatch.setattr(service, "wait", wait)
    performed = run(one_cue, project, service=service)
    assert (len(performed.made), performed.problems, len(waits)) == (1, (), 2)


@pytest.mark.parametrize(
    ("picture", "severity", "said"),
    [
        pytest.param("color=black", "error", "black frames", id="black"),
        pytest.param("trim", "warning", "1 too few", id="a frame short"),
    ],
)
def test_what_is_wrong_with_a_result_is_said(
    one_cue: Plan,
    project: Path,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    picture: str,
    severity: str,
    said: str,
) -> None:
    """A take that fails a check is kept beside the others and said to be; what could be put right is a warning."""

    async def other(output: Any, into: Path) -> None:
        _spoil(Path(output.address), into, black=picture != "trim")

    monkeypatch.setattr(service, "fetch", other)
    performed = run(one_cue, project, service=service)
    (take,) = performed.takes[SHOT]
    assert take.path.exists()
    assert (take.passed, bool(performed.failed)) == ((False, True) if severity == "error" else (True, False))
    assert [(each.severity, said in each.message) for each in performed.problems] == [(severity, True)]


def _spoil(returned: Path, into: Path, *, black: bool) -> None:
    """The same film, black, or without its last frame."""
    change = ["-vf", "lutyuv=y=16:u=128:v=128"] if black else ["-frames:v", "13"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(returned), *change]
    subprocess.run([*command, "-c:v", "libx264", "-c:a", "copy", "-f", "mp4", str(into)], check=True)


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


@pytest.mark.parametrize(
    ("settings", "name", "reel"),
    [
        pytest.param({"reel": "same"}, "takes/A001C003_14221009_RP001.mov", "A001R1", id="the original's reel"),
        pytest.param(
            {"takes_dir": Path("elsewhere")},
            "elsewhere/A001C003_14221009_RP001.mov",
            "A001R1_RP001",
            id="a folder of takes",
        ),
        pytest.param(
            {"name_template": "{clip}-{engine}_v{number:02}"},
            "takes/MARA_CU-service_v01.mov",
            "A001R1_RP001",
            id="a template",
        ),
    ],
)
def test_names_of_takes(
    tmp_path: Path, film: Film, project: Path, service: Service, settings: dict[str, Any], name: str, reel: str
) -> None:
    """Where takes lie and what they are called can be set."""
    changed = SETTINGS.model_copy(update=settings)
    performed = run(
        plan_of(tmp_path, shot(film.source, cue(12, 4, voice=film.voice)), settings=changed), project, service=service
    )
    (take,) = performed.takes[SHOT]
    assert (take.path, take.reel, take.passed) == (project / name, reel, True)


def test_as_many_jobs_at_once_as_allowed(tmp_path: Path, film: Film, project: Path, service: Service) -> None:
    """No more than that, and no fewer."""
    service.seconds = 0.2
    apart = SETTINGS.model_copy(update={"context_frames": 0, "seam_frames": 0})
    cues = [cue(n, 2, voice=film.voice) for n in range(9, 30, 4)]
    plan = plan_of(tmp_path, shot(film.source, *cues), settings=apart)
    assert run(plan, project, service=service, jobs_at_once=2).problems == ()
    assert service.most_at_once == 2


def test_the_preview_takes_the_same_way(tmp_path: Path, film: Film, project: Path) -> None:
    """Its takes say that they are previews; it bills nothing; another engine's take comes beside it."""
    wanted = shot(film.source, cue(12, 8, voice=film.voice, emotion="angry"))
    plan = plan_of(tmp_path, wanted, engine="preview", model="preview")
    performed = run(plan, project)
    (preview,) = performed.takes[SHOT]
    assert (preview.id, preview.preview, preview.passed) == ("A001C003_14221009_RP001_PREVIEW", True, True)
    assert burned.numbers(preview.path) == list(range(4, 36))
    assert (performed.cost_usd, performed.problems) == (0.0, ())
    service = Service(tmp_path / "service")
    both = run(plan_of(tmp_path, wanted), project, service=service).takes[SHOT]
    assert [(take.number, take.preview) for take in both] == [(1, True), (2, False)]


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


def test_a_retimed_shot_is_performed_as_seen(tmp_path: Path, film: Film, project: Path, service: Service) -> None:
    """On the clock of the record, through its map; its take begins at record timecode. Moved, it is paid but made anew."""
    shown = tuple(range(30, 6, -1))

    def reversed_at(record_in: int) -> Shot:
        plain = shot(film.source, record_in=record_in)
        spoken = cue(12, 6, voice=film.voice)
        voices = (spoken.voices[0].model_copy(update={"offset_samples": 0}),)
        media = plain.media.model_copy(update={"in_frame": record_in, "head": 0, "tail": 0, "map": shown})
        cues = (spoken.model_copy(update={"in_frame": record_in + 4, "voices": voices}),)
        return plain.model_copy(update={"clock": "record", "media": media, "cues": cues})

    for record_in, number in ((0, 90000), (250, 90250)):
        moved = reversed_at(record_in)
        performed = run(plan_of(tmp_path, moved), project, service=service)
        assert performed.problems == ()
        (take,) = performed.takes[moved.id]
        assert burned.numbers(take.path) == list(shown)
        assert (take.start_frame, take.in_frame, take.passed, len(service.billed)) == (number, record_in, True, 1)


def test_every_stage_is_told(one_cue: Plan, project: Path, service: Service) -> None:
    """A listener hears each stage of a shot, in order."""
    heard: list[Stage] = []

    def listener(shot_id: str, stage: Stage, detail: str = "", fraction: float | None = None) -> None:
        assert shot_id == SHOT
        if heard[-1:] != [stage]:
            heard.append(stage)

    run(one_cue, project, service=service, listener=listener)
    assert heard == [
        Stage.LOOKING,
        Stage.PREPARING,
        Stage.UPLOADING,
        Stage.SUBMITTING,
        Stage.WAITING,
        Stage.FETCHING,
        Stage.CONFORMING,
        Stage.DONE,
    ]
