from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import burned
from emulated import HOSTED, Client
from reperform.emulator import Conduct, Emulator

STATES = {
    "sync": ["PENDING", "PROCESSING", "COMPLETED"],
    "runware": ["processing", "success"],
    "segmind": ["QUEUED", "PROCESSING", "COMPLETED"],
    "fal": ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"],
}
ACCEPTED = {"sync": 201, "runware": 200, "segmind": 200, "fal": 200}


@pytest.fixture(scope="module")
def unhurried(video: Path, audio: Path) -> Iterator[Client]:
    """Every state stays long enough to be seen, whatever else the machine does."""
    with Emulator(conduct=Conduct(queue_seconds=0.3, run_seconds=0.3)) as emulator:
        client = Client(emulator)
        yield client
        client.http.close()


@pytest.mark.parametrize("engine", HOSTED)
def test_a_job_goes_through_its_states_and_gives_back_every_frame(
    engine: str, unhurried: Client, video: Path, audio: Path, tmp_path: Path
) -> None:
    """Uploaded its own way, accepted, seen in its states in order, fetched frame for frame, billed once."""
    client = unhurried
    before = client.bills()
    sent = client.upload(engine, video), client.upload(engine, audio)
    answer = client.submit(engine, client.body(engine, *sent))
    assert answer.status_code == ACCEPTED[engine]
    identity = client.identity(engine, answer)
    assert client.states(engine, identity) == STATES[engine]
    result = client.download(engine, identity, tmp_path / "result.mp4")
    assert burned.numbers(result) == list(range(25))
    bills = client.emulator.billed[before:]
    assert [(bill.engine, bill.identity, bill.seconds, bill.results) for bill in bills] == [(engine, identity, 1.0, 1)]


@pytest.mark.parametrize("engine", HOSTED)
@pytest.mark.parametrize("key", ["absent", "wrong"])
def test_a_request_without_the_right_key_is_refused(engine: str, key: str, client: Client) -> None:
    """Each engine demands its own header, and says 401 where the key is not the one it made."""
    headers = {name: value[:-4] + "nope" for name, value in client.headers(engine).items()} if key == "wrong" else {}
    path = {"sync": "/v2/generate", "runware": "/v1", "segmind": "/v2/sync.so-react-1"}.get(
        engine, "/fal-ai/sync-lipsync/react-1"
    )
    answer = client.http.post(f"{client.emulator.base_url}{path}", json=[{}], headers=headers)
    assert answer.status_code == 401
    shape = {"sync": "statusCode", "runware": "errors", "segmind": "error", "fal": "detail"}[engine]
    assert shape in answer.json()


MODES = [
    ("bounce", 38, [*range(25), *range(24, 11, -1)]),
    ("loop", 38, [*range(25), *range(13)]),
    ("remap", 38, [n * 25 // 38 for n in range(38)]),
    ("cut_off", 25, list(range(25))),
    ("silence", 38, [*range(25), *[24] * 13]),
]


@pytest.mark.parametrize(("mode", "frames", "shown"), MODES, ids=[mode for mode, *_ in MODES])
def test_the_result_is_as_long_as_the_sync_mode_says(
    mode: str, frames: int, shown: list[int], client: Client, uploaded: dict[str, Any], tmp_path: Path
) -> None:
    """A picture of 25 frames under sound of 38: table 0.2, with the picture bounced, looped or stretched."""
    longer = client.upload("segmind", burned.make_wave(tmp_path / "long.wav", samples=48000 * 38 // 25))
    identity = client.finished("segmind", client.body("segmind", uploaded["segmind"][0], longer, mode=mode))
    result = client.download("segmind", identity, tmp_path / "result.mp4")
    assert (frames, burned.numbers(result)) == (len(shown), shown)


@pytest.mark.parametrize(("mode", "frames"), [("bounce", 25), ("remap", 25), ("silence", 38)])
def test_the_sound_bounces_where_that_is_asked_for(
    mode: str, frames: int, started: Any, video: Path, tmp_path: Path
) -> None:
    """F1 as Runware words it: the sound is bounced or stretched, and the picture's length stays."""
    client = started(audio_bounces=True)
    longer = client.upload("segmind", burned.make_wave(tmp_path / "long.wav", samples=48000 * 38 // 25))
    body = client.body("segmind", client.upload("segmind", video), longer, mode=mode)
    result = client.download("segmind", client.finished("segmind", body), tmp_path / "result.mp4")
    assert len(burned.numbers(result)) == frames


def test_segments_are_laid_where_they_belong(client: Client, uploaded: dict[str, Any], tmp_path: Path) -> None:
    """A sync-3 job keeps the picture's length, and each segment's voice sounds inside it only."""
    video, audio = uploaded["sync"]
    body = client.body("sync", video, audio) | {"model": "sync-3"}
    body["input"][1]["refId"] = "audio"
    named = {"refId": "audio", "startTime": 0.2, "endTime": 0.6}
    body["segments"] = [{"startTime": 0.2, "endTime": 0.6, "audioInput": named}]
    result = client.download("sync", client.finished("sync", body), tmp_path / "result.mp4")
    sound = abs(burned.sound(result)[:, 0])
    loud = [float(sound[start : start + 4800].mean()) > 0.01 for start in (1000, 14000, 36000)]
    assert (burned.numbers(result), loud) == (list(range(25)), [False, True, False])


def test_a_spoken_line_lasts_as_long_as_its_letters(client: Client, uploaded: dict[str, Any], tmp_path: Path) -> None:
    """15 characters a second: 30 of them carry the picture on to two seconds under `silence`."""
    speech = {"type": "text", "provider": {"name": "elevenlabs", "voiceId": "v1", "script": "x" * 30}}
    body = client.body("sync", *uploaded["sync"])
    body["input"][1] = speech
    result = client.download("sync", client.finished("sync", body), tmp_path / "result.mp4")
    assert len(burned.numbers(result)) == 50
