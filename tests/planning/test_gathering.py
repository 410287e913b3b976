"""Which cues share a job, and what exactly is sent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from planning.builders import cue, messages, planned, shot, spoken_cue
from reperform.model import Cue, Job, Plan, PlanSettings
from reperform.timing import FrameRange


def jobs_of(*cues: Cue, target: str = "sync/react-1", **changed: Any) -> Sequence[Job]:
    return planned(shot(*cues, **changed), target=target).shots[0].jobs


def sent(jobs: Sequence[Job]) -> list[tuple[int, int]]:
    return [(job.in_frame, job.range.end) for job in jobs]


def test_a_job_is_the_marked_frames_and_their_context() -> None:
    """Six frames before and six after, and not one more."""
    assert sent(jobs_of(cue(100, 60))) == [(94, 166)]


@pytest.mark.parametrize(
    ("one", "expected"),
    [(cue(2, 60), (0, 68)), (cue(350, 48), (344, 400)), (cue(0, 200), (0, 206))],
    ids=["near the start", "near the end", "from the first frame"],
)
def test_context_ends_with_the_media(one: Cue, expected: tuple[int, int]) -> None:
    """Where the media ends there is less context."""
    assert sent(jobs_of(one)) == [expected]


def test_handles_are_not_sent() -> None:
    """More handles change nothing of what goes to the engine."""
    plans = [planned(shot(cue(100, 60)), settings=PlanSettings(handle_frames=handles)) for handles in (0, 48)]
    assert plans[0].shots[0].jobs == plans[1].shots[0].jobs


def test_a_shot_goes_to_sync_3_as_one_job() -> None:
    """All its cues are segments of one job, which a note says where frames between them are sent too."""
    plan = planned(shot(cue(100, 60), cue(200, 24)), target="sync/sync-3")
    (job,) = plan.shots[0].jobs

    assert (job.in_frame, job.range.end, job.cues) == (94, 230, ("cue@100", "cue@200"))
    assert [(part.startTime, part.endTime) for part in job.segments] == [(0.26, 2.76), (4.43, 5.43)]
    assert messages(plan, "note") == ["sync sync-3 takes the shot as one job: the 1.2 s between its cues are sent too."]


def test_minutes_between_two_cues_are_not_paid_for() -> None:
    """Cues that are farther apart than ten seconds are jobs of their own."""
    assert sent(jobs_of(cue(100, 60), cue(2000, 24), target="sync/sync-3", length=3000)) == [(94, 166), (1994, 2030)]


def test_overlapping_context_is_sent_once_to_a_model_with_segments() -> None:
    """Two cues eight frames apart share the frames between them."""
    assert sent(jobs_of(cue(100, 60), cue(168, 24), target="sync/sync-3")) == [(94, 198)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (({"emotion": "sad"}, {"emotion": "sad"}), [(94, 198)]),
        (({"emotion": "sad"}, {"emotion": "angry"}), [(94, 166), (162, 198)]),
        (({"note": "one"}, {"note": "two"}), [(94, 198)]),
        (({"takes": 2}, {}), [(94, 198), (94, 166)]),
    ],
    ids=["equal directions", "other emotions", "only the notes differ", "one wants another take"],
)
def test_react_1_gets_close_cues_in_one_job_if_their_directions_are_equal(
    asked: tuple[dict[str, Any], dict[str, Any]], expected: list[tuple[int, int]]
) -> None:
    """Without segments one direction holds for the whole job, so only equal ones are merged."""
    assert sent(jobs_of(cue(100, 60, **asked[0]), cue(168, 24, **asked[1]))) == expected


def test_cues_that_do_not_touch_are_two_jobs_without_segments() -> None:
    """A frame between their contexts is not sent."""
    assert sent(jobs_of(cue(100, 60), cue(172, 24))) == [(94, 202)]
    assert sent(jobs_of(cue(100, 60), cue(173, 24))) == [(94, 166), (167, 203)]


def test_merged_cues_fit_together_or_go_apart() -> None:
    """Two close cues whose sum is too long for the engine are two jobs."""
    assert sent(jobs_of(cue(10, 200), cue(212, 150))) == [(4, 216), (206, 368)]


@pytest.mark.parametrize(
    ("target", "asked", "expected"),
    [
        ("runware/sync-3", ({"emotion": "sad"}, {"emotion": "angry"}), 2),
        ("runware/sync-3", ({"emotion": "sad"}, {"emotion": "sad"}), 1),
        ("runware/sync-3", ({"speaker": (640, 360)}, {"speaker": (100, 100)}), 2),
        ("sync/sync-3", ({"speaker": (640, 360)}, {"speaker": (100, 100)}), 1),
        ("sync/sync-3", ({"sync": "cut_off"}, {"sync": "silence"}), 1),
    ],
    ids=["emotions on Runware", "one emotion on Runware", "speakers on Runware", "speakers on Sync", "modes on Sync"],
)
def test_what_the_wire_says_once_must_be_equal(
    target: str, asked: tuple[dict[str, Any], dict[str, Any]], expected: int
) -> None:
    """A direction that a segment cannot override parts the cues."""
    assert len(jobs_of(cue(100, 60, **asked[0]), cue(200, 24, **asked[1]), target=target)) == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [("sync/react-1", [(1, 1), (2, 1), (3, 1)]), ("runware/react-1", [(1, 3)])],
    ids=["one result a request", "up to four"],
)
def test_takes_are_results_or_requests(target: str, expected: list[tuple[int, int]]) -> None:
    """Takes beyond what one request returns are further requests, numbered on."""
    assert [(job.first_take, job.results) for job in jobs_of(cue(100, 60, takes=3), target=target)] == expected


def test_cues_that_want_fewer_takes_drop_out() -> None:
    """A second take of one cue of a sync-3 shot is paid for that cue only."""
    jobs = jobs_of(cue(100, 60, takes=2), cue(200, 24), target="sync/sync-3")
    assert [(job.first_take, job.cues) for job in jobs] == [(1, ("cue@100", "cue@200")), (2, ("cue@100",))]


def test_a_cue_may_name_its_own_engine() -> None:
    """Jobs carry the engine and model that their cue goes to."""
    jobs = jobs_of(cue(100, 60, emotion="sad"), cue(200, 24, engine="fal", emotion="sad"), cue(300, 24, model="sync-3"))
    assert [(job.engine, job.model) for job in jobs] == [
        ("sync", "react-1"),
        ("fal", "fal-ai/sync-lipsync/react-1"),
        ("sync", "sync-3"),
    ]


def test_a_line_without_segments_begins_with_its_cue() -> None:
    """react-1 speaks from the first frame it gets, so that frame is the cue's; a segment may have context before it."""
    line = spoken_cue(100, 60, "hi", voice="v1")
    assert sent(jobs_of(line)) == [(100, 166)]
    assert sent(jobs_of(line, target="sync/sync-3")) == [(94, 166)]
    assert sent(jobs_of(line, cue(168, 24), target="runware/sync-3")) == [(100, 166), (162, 198)]


def test_a_spoken_job_sends_no_sound() -> None:
    """The engine makes the voice, so the request holds no address of one."""
    (job,) = jobs_of(spoken_cue(100, 60, "hi", voice="v1"), target="runware/sync-3")
    assert job.request["speech"] == {"text": "hi", "voice": "v1"}
    assert "audio" not in job.request["inputs"]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1920, 1080), []),
        ((8192, 4320), ["8192 × 4320 is sent as 4096 × 2160; the take has the original's raster again."]),
        ((1919, 1079), ["1919 × 1079 is sent as 1918 × 1078; the take has the original's raster again."]),
    ],
    ids=["as it is", "too large", "odd"],
)
def test_another_raster_is_said(size: tuple[int, int], expected: list[str]) -> None:
    """What is sent in another raster than the original's is noted."""
    assert messages(planned(shot(cue(100, 60), width=size[0], height=size[1])), "note") == expected


def test_a_point_on_the_speaker_is_in_pixels_as_sent() -> None:
    """The mark names a pixel of the original at the cue's first frame; the engine gets it in what it is sent."""
    (job,) = jobs_of(cue(100, 60, speaker=(4000, 2000)), target="sync/sync-3", width=8192, height=4320)
    assert job.request["options"]["active_speaker_detection"] == {"frame_number": 6, "coordinates": [2000, 1000]}


def boxes_plan(folder: Path, text: str, target: str = "sync/sync-3") -> Plan:
    (folder / "boxes.json").write_text(text)
    from planning.builders import INFO
    from reperform import engines, planning

    engine, model = engines.target(target)
    return planning.plan(
        [shot(cue(100, 2, boxes="boxes.json"))],
        info=INFO.model_copy(update={"path": folder / "scene.otio"}),
        engine=engine,
        model=model,
        settings=PlanSettings(context_frames=1),
    )


def test_boxes_are_read_beside_the_timeline_and_reach_over_the_context(tmp_path: Path) -> None:
    """One box a frame of the cue; the context takes the nearest."""
    (job,) = boxes_plan(tmp_path, "[[1,2,30,40],[5,6,70,80]]").shots[0].jobs
    assert job.request["options"]["active_speaker_detection"]["bounding_boxes"] == [
        [1, 2, 30, 40],
        [1, 2, 30, 40],
        [5, 6, 70, 80],
        [5, 6, 70, 80],
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[1,2,30,40]]", "boxes.json holds 1 boxes, the cue has 2 frames."),
        ("{", "The boxes in boxes.json cannot be read."),
        ("[null,null]", "boxes.json holds no boxes."),
        ("[[1,2,0,40],null]", "boxes.json holds [1, 2, 0, 40], which is no box."),
    ],
    ids=["too few", "no JSON", "no box", "inside out"],
)
def test_boxes_that_cannot_be_used_are_an_error_of_their_cue(tmp_path: Path, text: str, message: str) -> None:
    """A wrong file is said before anything is paid."""
    plan = boxes_plan(tmp_path, text)
    assert messages(plan, "error") == [message]
    assert plan.shots[0].jobs == ()


def test_frames_in_record_time_end_with_their_map() -> None:
    """A retimed shot has no frames beyond its map, so there is no context there."""
    made = shot(cue(100, 60), length=170)
    retimed = made.model_copy(
        update={
            "clock": "record",
            "media": made.media.model_copy(update={"in_frame": 98, "frames": 64, "map": tuple(range(64))}),
        }
    )
    assert sent(planned(retimed).shots[0].jobs) == [(98, 162)]


def test_ranges_of_all_jobs_are_the_marked_frames_and_context() -> None:
    """Over several cues apart from each other, what is sent adds up to exactly that."""
    cues = [cue(start, 20) for start in (10, 60, 110, 300)]
    wanted = {frame for one in cues for frame in range(one.range.grown(6, 6).start, one.range.grown(6, 6).end)}
    assert {frame for job in jobs_of(*cues) for frame in range(job.in_frame, job.range.end)} == wanted
    assert FrameRange(4, 32) in [job.range for job in jobs_of(*cues)]
