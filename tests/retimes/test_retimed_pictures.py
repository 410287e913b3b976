"""Numbers burned into the originals, read off what is sent and off the takes: as each record frame of the cut shows them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import burned
from media_kit import job_of, tone
from reperform.media import conforming, extracting
from reperform.model import Plan, PlanSettings, Shot
from retimes.retimed_cut import HOUR, KINDS, film, marked, save_cut
from whole.command_kit import call

RATES = {"24": Fraction(24), "25": Fraction(25), "23.976": Fraction(24000, 1001)}
NAMES = tuple(KINDS)


def planned(path: Path, *options: str) -> Plan:
    ran = call("plan", path, "--json", "--like", "runware/react-1", *options)
    assert ran.status == 0, [each["message"] for each in ran.json["problems"] if each["severity"] == "error"]
    return Plan.model_validate(ran.json)


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Shot]]:
    """By rate, the shots of a cut of every kind, every second one H.264, the others ProRes."""
    found: dict[str, dict[str, Shot]] = {}
    for rate_name, rate in RATES.items():
        folder = tmp_path_factory.mktemp("cut")
        rushes = [film(folder, rate, codec) for codec in ("prores", "h264")]
        order = NAMES if rate_name != "25" else NAMES[::-1]
        items = [marked(KINDS[name], rushes[number % 2], rate, name) for number, name in enumerate(order)]
        plan = planned(save_cut(folder / "cut.otio", items, rate))
        assert [shot.clip for shot in plan.shots] == list(order)
        found[rate_name] = {shot.clip: shot for shot in plan.shots}
    return found


def expected(shot: Shot, rate: Fraction, media: Fraction | None = None) -> list[int]:
    kind = KINDS[shot.clip]
    return [kind.oracle(frame, rate, media or rate) for frame in range(kind.frames)]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", NAMES)
def test_a_take_shows_what_the_cut_shows_at_each_record_frame(
    shots: dict[str, dict[str, Shot]], tmp_path: Path, rate: str, name: str
) -> None:
    """Its handles go on as the retime does; its first frame is at record timecode; it has no reel."""
    shot = shots[rate][name]
    made = conforming.conform(shot, [], out=tmp_path / "take.mov", settings=PlanSettings())
    numbers = burned.numbers(made.path)
    head, frames = shot.media.head, shot.media.frames
    assert numbers[head : head + frames] == expected(shot, RATES[rate])
    assert numbers == list(shot.media.map or ())
    assert (made.start_frame, made.rate) == (HOUR[RATES[rate]] + shot.record.in_frame - head, RATES[rate])
    assert shot.clock == "record"


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_sent_is_what_the_cut_shows(
    shots: dict[str, dict[str, Shot]], tmp_path: Path, rate: str, name: str
) -> None:
    shot = shots[rate][name]
    (planned_job,) = shot.jobs
    job = job_of(shot, planned_job.range)
    sent = extracting.extract(shot, job, folder=tmp_path, name="sent", sound=tone, settings=PlanSettings())
    first = job.in_frame - shot.media.in_frame
    wanted = expected(shot, RATES[rate])
    inside = [number for number in range(job.frames) if 0 <= first + number < shot.media.frames]
    numbers = burned.numbers(sent.video)
    assert [numbers[number] for number in inside] == [wanted[first + number] for number in inside]
    assert len(numbers) == job.frames


@pytest.mark.parametrize("name", ["2x", "half", "backward", "frozen"])
def test_media_of_another_rate_than_the_cut(tmp_path: Path, name: str) -> None:
    """Media at 24 in a cut at 25: each record frame shows the frame on screen at its time."""
    rate, media = Fraction(25), Fraction(24)
    item = marked(KINDS[name], film(tmp_path, media, "prores"), rate, name)
    (shot,) = planned(save_cut(tmp_path / "cut.otio", [item], rate)).shots
    made = conforming.conform(shot, [], out=tmp_path / "take.mov", settings=PlanSettings(handle_frames=0))
    visible = burned.numbers(made.path)[shot.media.head :][: shot.media.frames]
    if name == "backward":
        # 30 frames of 25 are 28.8 of 24, from frame 20: the last of them is 48.
        wanted = [48 - -(-frame * 24 // 25) for frame in range(30)]
    else:
        wanted = expected(shot, rate, media)
    assert visible == wanted
    assert (shot.media.rate, made.rate) == (rate, rate)


def test_media_of_another_rate_at_100_percent_stays_on_its_own_clock(tmp_path: Path) -> None:
    item = marked(KINDS["2x"], film(tmp_path, Fraction(24), "prores"), Fraction(25), "plain")
    item.effects[0].time_scalar = 1.0
    (shot,) = planned(save_cut(tmp_path / "cut.otio", [item], Fraction(25))).shots
    assert (shot.clock, shot.media.map, shot.media.rate) == ("media", None, Fraction(24))


def test_the_plan_says_the_map_in_json(tmp_path: Path) -> None:
    """Entry i is the frame of the source at record frame in_frame - head + i; cues and jobs count in record frames."""
    rate = Fraction(25)
    items = [marked(KINDS[name], film(tmp_path, rate, "prores"), rate, name) for name in ("half", "2x")]
    document: dict[str, Any] = call("plan", save_cut(tmp_path / "cut.otio", items, rate), "--json").json
    shot = document["shots"][1]
    media = shot["media"]
    assert (shot["clock"], media["rate"], media["in_frame"], media["frames"]) == ("record", "25/1", 24, 24)
    assert (media["head"], media["tail"], media["start"]) == (3, 12, "01:00:00:06")
    assert media["map"] == [6 + 2 * frame for frame in range(-3, 24 + 12)]
    assert [(cue["in_frame"], cue["frames"]) for cue in shot["cues"]] == [(32, 8)]
    assert [(job["in_frame"], job["frames"]) for job in shot["jobs"]] == [(26, 20)]
    assert shot["record"]["in"] == "01:00:00:24"
