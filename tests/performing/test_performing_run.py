"""A run, end to end on real media: what is made of a plan, in which order, and what is said of it."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

import burned
from performing.conftest import Film
from performing.performing_kit import SETTINGS, Service, cue, plan_of, run, shot
from performing.run_kit import SHOT, said
from reperform.errors import (
    Rejected,
    SubmissionUnknown,
)
from reperform.model import Place, Plan, Problem, Shot
from reperform.performing.listening import Stage


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
    takes = [f"takes/A001C003_14221009_RP001{ending}" for ending in (".mov", "_PROVENANCE.json")]
    assert files == ["ledger.sqlite", f"results/{attempt}/0.mp4", *takes]
    assert [name for name in files if b"hush-hush" in (project / name).read_bytes()] == []
    assert stat.S_IMODE(project.stat().st_mode) == 0o700


def test_one_bad_shot_does_not_stop_the_others(tmp_path: Path, film: Film, project: Path, service: Service) -> None:
    """The failure is a problem in its place; every other shot has its take."""
    service.failing = [("submit", Rejected("no face"))]
    shots = [shot(film.source, cue(12 + 5 * n, 4, voice=film.voice), record_in=100 * n) for n in range(3)]
    performed = run(plan_of(tmp_path, *shots), project, service=service, jobs_at_once=1)
    assert len(performed.failed) == 1
    assert [message for _, _, _, message in said(performed)] == ["no face"]
    assert sum(len(takes) for takes in performed.takes.values()) == 2


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
