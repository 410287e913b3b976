"""Runware's `videoInference` tasks."""

from __future__ import annotations

from typing import Any

import pytest

from engines_wire.orders import order, segment
from reperform.direction import Direction
from reperform.engines.base import JobOrder
from reperform.engines.runware import RunwareEngine

IDENTITY = "5d83c420-b163-459e-bfd8-3656caf3a65a"


def task(wanted: JobOrder) -> dict[str, Any]:
    return RunwareEngine().request(wanted, video="https://host/v.mp4", audio="https://host/a.mp3", identity=IDENTITY)


COMMON = {
    "taskType": "videoInference",
    "taskUUID": IDENTITY,
    "deliveryMethod": "async",
    "outputType": "URL",
    "outputFormat": "MP4",
    "outputQuality": 95,
    "includeCost": True,
    "numberResults": 1,
}


def test_the_documented_example_of_react_1() -> None:
    """A request with every field of react-1 is the documented task, field for field."""
    asked = segment(sync="remap", region="head", emotion="surprised", temperature=0.7, speaker="auto", occlusion=True)

    assert task(order("sync:react-1@1", asked)) == COMMON | {
        "model": "sync:react-1@1",
        "inputs": {"video": "https://host/v.mp4", "audio": "https://host/a.mp3"},
        "providerSettings": {
            "sync": {
                "syncMode": "remap",
                "editRegion": "head",
                "emotionPrompt": "surprised",
                "temperature": 0.7,
                "activeSpeakerDetection": {"autoDetect": True},
                "occlusionDetectionEnabled": True,
            }
        },
    }


def test_the_documented_example_of_sync_3() -> None:
    """sync-3 has one source of the voice: its segments, each with the sound, so `inputs` holds the picture only."""
    asked = segment(
        "0.25",
        "2.75",
        sync="remap",
        region="head",
        emotion="happy",
        temperature=0.65,
        occlusion=True,
        speaker=(640, 360),
        first_frame=6,
    )
    assert task(order("sync:3@0", asked)) == COMMON | {
        "model": "sync:3@0",
        "inputs": {"video": "https://host/v.mp4"},
        "settings": {
            "syncMode": "remap",
            "mode": "head",
            "emotion": "happy",
            "temperature": 0.65,
            "occlusionDetection": True,
            "activeSpeakerDetection": {"frameNumber": 6, "coordinates": [640, 360]},
            "segments": [
                {
                    "startTime": 0.25,
                    "endTime": 2.75,
                    "audio": "https://host/a.mp3",
                    "audioStartTime": 0.25,
                    "audioEndTime": 2.75,
                }
            ],
        },
    }


def test_a_line_is_speech_and_nothing_else_is_the_voice() -> None:
    """With `speech` there are neither segments nor sound, and its provider may be tuned."""
    spoken = segment(line="No, I never said that.", speech_voice="Rachel", sync="remap")
    options = {"tts.provider": "elevenlabs", "tts.stability": "0.4", "tts.similarityBoost": "1"}
    sent = task(order("sync:3@0", spoken, options=options))

    assert sent["speech"] == {"text": "No, I never said that.", "voice": "Rachel"}
    assert sent["inputs"] == {"video": "https://host/v.mp4"}
    assert sent["settings"] == {
        "syncMode": "silence",
        "temperature": 0.5,
        "tts": {"provider": "elevenlabs", "stability": 0.4, "similarityBoost": 1.0},
    }


def test_loop_is_not_a_mode_of_sync_3() -> None:
    """A voice that was looped here already is sent as `silence` to the model that has no `loop`."""
    assert task(order("sync:3@0", segment(sync="loop")))["settings"]["syncMode"] == "silence"
    assert task(order("sync:react-1@1", segment(sync="loop")))["providerSettings"]["sync"]["syncMode"] == "loop"


def test_every_frame_has_a_box() -> None:
    """Where no face is, the box before it stands; before the first one, the first."""
    boxes = (None, (1, 2, 3, 4), None, (5, 6, 7, 8))
    sent = task(order("sync:3@0", segment(boxes=boxes)))["settings"]["activeSpeakerDetection"]
    assert sent == {"boundingBoxes": [[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4], [5, 6, 7, 8]]}


def test_takes_are_results_of_one_task() -> None:
    """`takes` are asked for as `numberResults`."""
    assert task(order("sync:3@0", results=4))["numberResults"] == 4


@pytest.mark.parametrize(
    ("option", "text", "expected"),
    [
        ("outputFormat", "mov", {"outputFormat": "MOV"}),
        ("outputQuality", "99", {"outputQuality": 99}),
        ("webhookURL", "https://me.example/hook?token=1", {"webhookURL": "https://me.example/hook?token=1"}),
        ("uploadEndpoint", "https://bucket.example/x", {"uploadEndpoint": "https://bucket.example/x"}),
        ("safety.checkContent", "on", {"safety": {"checkContent": True}}),
        ("safety.mode", "full", {"safety": {"mode": "full"}}),
        ("ttl", "86400", {"ttl": 86400}),
    ],
)
def test_platform_fields_are_options(option: str, text: str, expected: dict[str, Any]) -> None:
    """Every platform field of the maker's pages that has no word can be set."""
    sent = task(order("sync:react-1@1", options={option: text}))
    assert {name: sent[name] for name in expected} == expected


def test_fields_of_one_model_are_not_sent_to_the_other() -> None:
    """react-1 has no speech, so its task has no `tts`."""
    assert "settings" not in task(order("sync:react-1@1", options={"tts.stability": "0.4"}))


def test_parameters_have_the_defaults_filled_in() -> None:
    """A claim names what the model does where nothing is asked; sync-3's `mode` has no documented default."""
    assert RunwareEngine().parameters(Direction(), "sync:react-1@1") == {
        "syncMode": "silence",
        "temperature": 0.5,
        "editRegion": "face",
        "emotionPrompt": None,
        "occlusionDetectionEnabled": False,
        "activeSpeakerDetection": {"autoDetect": False},
    }
    assert RunwareEngine().parameters(Direction(), "sync-3") == {
        "syncMode": "silence",
        "temperature": 0.5,
        "mode": None,
        "emotion": None,
        "occlusionDetection": False,
        "activeSpeakerDetection": {"autoDetect": False},
    }
