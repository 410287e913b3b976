from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import burned
from emulated import Client

Change = dict[str, Any]
REFUSED_AT_ONCE: list[tuple[str, str, Change, int, str]] = [
    ("sync", "unknown field", {"emotion": "happy"}, 400, "property emotion should not exist"),
    ("sync", "unknown option", {"options": {"emotion": "happy"}}, 400, "property options.emotion should not exist"),
    ("sync", "no model", {"model": ...}, 400, "model should not be empty"),
    ("sync", "unknown model", {"model": "react-9"}, 400, "model must be one of"),
    ("sync", "emotion that is none", {"options": {"prompt": "bored"}}, 400, "options.prompt must be one of"),
    ("sync", "temperature over 1", {"options": {"temperature": 1.5}}, 400, "must not be greater than 1"),
    ("sync", "temperature as text", {"options": {"temperature": "0.5"}}, 400, "must be a number"),
    ("sync", "no input", {"input": []}, 400, "input must contain"),
    ("sync", "two videos", {"input": [{"type": "video", "url": "http://a/b"}] * 2}, 400, "exactly one video"),
    ("sync", "a data URI", {"input": [{"type": "video", "url": "data:video/mp4;base64,AA=="}]}, 400, "URL address"),
    ("sync", "segments for react-1", {"segments": [{"startTime": 0, "endTime": 1, "audioInput": {"refId": "a"}}]},
     400, "not supported by react-1"),
    ("sync", "a name with a slash", {"outputFileName": "a/b"}, 400, "outputFileName has an invalid format"),
    ("sync", "a webhook without TLS", {"webhookUrl": "http://example.com/x"}, 400, "HTTPS"),
    ("sync", "another's project", {"projectId": "foreign-1"}, 422, "Project not found"),
    ("runware", "unknown field", {"prompt": "x"}, 400, "unknownParameter"),
    ("runware", "unknown setting", {"providerSettings": {"sync": {"mode": "head"}}}, 400, "unknownParameter"),
    ("runware", "no taskUUID", {"taskUUID": ...}, 400, "missingTaskUUID"),
    ("runware", "a taskUUID that is none", {"taskUUID": "shot_010"}, 400, "invalidTaskUUID"),
    ("runware", "unknown model", {"model": "sync:9@9"}, 400, "invalidModel"),
    ("runware", "sync delivery", {"deliveryMethod": "sync"}, 400, "invalidDeliveryMethod"),
    ("runware", "quality under 20", {"outputQuality": 10}, 400, '"min":20'),
    ("runware", "five results", {"numberResults": 5}, 400, '"max":4'),
    ("runware", "ttl under a minute", {"ttl": 30}, 400, "invalidTtl"),
    ("runware", "emotion that is none", {"providerSettings": {"sync": {"emotionPrompt": "bored"}}}, 400, "allowedValues"),
    ("runware", "loop in sync-3", {"model": "sync:3@0", "providerSettings": ..., "settings": {"syncMode": "loop"}},
     400, "invalidSyncMode"),
    ("runware", "two voices in sync-3", {"model": "sync:3@0", "providerSettings": ...,
     "speech": {"text": "hi", "voice": "v"}}, 400, "conflictParameters"),
    ("runware", "tts without speech", {"model": "sync:3@0", "providerSettings": ...,
     "settings": {"tts": {"stability": 0.5}}}, 400, "conflictParameters"),
    ("segmind", "unknown field", {"emotion": "happy"}, 400, "emotion (unknown)"),
    ("segmind", "no video", {"video_url": ...}, 400, "video_url (missing)"),
    ("segmind", "prompt that is none", {"prompt": "bored"}, 400, "prompt (choice)"),
    ("segmind", "a switch as text", {"occlusion_detection_enabled": "no"}, 400, "occlusion_detection_enabled (type)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("engine", "change", "status", "said"),
    [row[:1] + row[2:] for row in REFUSED_AT_ONCE],
    ids=[f"{row[0]}: {row[1]}" for row in REFUSED_AT_ONCE],
)
def test_a_body_is_refused_as_its_maker_would(
    engine: str, change: Change, status: int, said: str, client: Client, uploaded: dict[str, Any]
) -> None:
    """What a maker's page does not allow is refused at once, in the maker's shape, and nothing is billed."""
    before = client.bills()
    answer = client.submit(engine, _changed(client.body(engine, *uploaded[engine]), change))
    assert (answer.status_code, said in answer.text, client.bills()) == (status, True, before), answer.text


REFUSED_BY_FALS_MODEL: list[tuple[str, Change, str]] = [
    ("no emotion", {"emotion": ...}, "missing"),
    ("emotion that is none", {"emotion": "bored"}, "one_of"),
    ("unknown field", {"sync_mode": "loop"}, "extra_forbidden"),
    ("temperature under 0", {"temperature": -1}, "greater_than_equal"),
    ("temperature over 1", {"temperature": 2}, "less_than_equal"),
    ("temperature as text", {"temperature": "hot"}, "float_type"),
    ("no address", {"video_url": "video.mp4"}, "url_parsing"),
]


@pytest.mark.parametrize(
    ("change", "kind"), [row[1:] for row in REFUSED_BY_FALS_MODEL], ids=[row[0] for row in REFUSED_BY_FALS_MODEL]
)
def test_fals_queue_takes_a_body_that_its_model_refuses(
    change: Change, kind: str, client: Client, uploaded: dict[str, Any]
) -> None:
    """The submit is 200, the status COMPLETED with an error, the result 422 with the details."""
    identity = client.finished("fal", _changed(client.body("fal", *uploaded["fal"]), change))
    result = client.result("fal", identity)
    assert (result.status_code, result.json()["detail"][0]["type"]) == (422, kind)


@pytest.fixture(scope="module")
def long_sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return burned.make_wave(tmp_path_factory.mktemp("long") / "long.wav", samples=48000 * 16)


TROUBLES = {
    "too long": {
        "sync": "generation_model_duration_exceeded",
        "runware": "invalidAudioDuration",
        "segmind": "longer than the 15 seconds",
        "fal": "audio_duration_too_long",
    },
    "another's address": {
        "sync": "generation_input_video_inaccessible",
        "runware": "downloadFailed",
        "segmind": "Failed to download video_url",
        "fal": "file_download_error",
    },
    "no media": {
        "sync": "generation_input_video_invalid",
        "runware": "invalidVideo",
        "segmind": "not a valid video",
        "fal": "unsupported_video_format",
    },
}


@pytest.mark.parametrize("engine", ["sync", "runware", "segmind", "fal"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_job_fails_over_media_that_the_model_does_not_take(
    trouble: str, engine: str, client: Client, uploaded: dict[str, Any], long_sound: Path, tmp_path: Path
) -> None:
    """Sixteen seconds, an address that is not the emulator's own, and a file that is no media: failed, not billed."""
    before = client.bills()
    video, audio = uploaded[engine]
    if trouble == "too long":
        audio = client.upload(engine, long_sound)
    elif trouble == "another's address":
        video = "https://example.com/video.mp4"
    else:
        junk = tmp_path / "junk.mp4"
        junk.write_bytes(b"no media at all" * 100)
        video = client.upload(engine, junk)
    identity = client.finished(engine, client.body(engine, video, audio))
    said = client.result(engine, identity).text
    assert (TROUBLES[trouble][engine] in said, client.bills()) == (True, before), said


def test_options_that_a_model_of_sync_does_not_have_are_ignored(client: Client, uploaded: dict[str, Any]) -> None:
    """Speaker and occlusion for react-1, emotion for sync-3: taken and dropped."""
    body = client.body("sync", *uploaded["sync"])
    body["options"] |= {"active_speaker_detection": {"auto_detect": True}, "occlusion_detection_enabled": True}
    assert client.submit("sync", body).status_code == 201
    other = client.body("sync", *uploaded["sync"]) | {"model": "sync-3", "options": {"prompt": "angry"}}
    assert client.submit("sync", other).status_code == 201


def _changed(body: dict[str, Any], change: Change) -> dict[str, Any]:
    return {name: value for name, value in (body | change).items() if value is not ...}
