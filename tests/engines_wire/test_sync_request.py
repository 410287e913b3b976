"""The body of Sync's `POST /v2/generate`."""

from __future__ import annotations

from typing import Any

import pytest

from engines_wire.orders import order, segment
from reperform.direction import Direction
from reperform.engines.base import JobOrder
from reperform.engines.sync import SyncEngine


def body(wanted: JobOrder) -> dict[str, Any]:
    return SyncEngine().request(wanted, video="https://host/v.mp4", audio="https://host/a.wav", identity="attempt_1")


def test_the_documented_example_of_react_1() -> None:
    """A request with every option of react-1 is the documented body, field for field."""
    asked = segment(emotion="happy", region="face", temperature=0.5, sync="bounce")
    wanted = order("react-1", asked, options={"webhookUrl": "https://me.example/hook"})

    assert body(wanted) == {
        "model": "react-1",
        "input": [{"type": "video", "url": "https://host/v.mp4"}, {"type": "audio", "url": "https://host/a.wav"}],
        "options": {"sync_mode": "bounce", "model_mode": "face", "prompt": "happy", "temperature": 0.5},
        "webhookUrl": "https://me.example/hook",
        "outputFileName": "attempt_1",
    }


def test_without_an_emotion_no_prompt_is_sent() -> None:
    """Without an emotion the model follows the picture: there is no `prompt`, and the sync mode is `silence`."""
    assert body(order("react-1"))["options"] == {"sync_mode": "silence", "model_mode": "face", "temperature": 0.5}


def test_what_react_1_does_not_support_is_not_sent() -> None:
    """react-1 has neither speaker selection nor occlusion handling, so neither is sent."""
    asked = segment(speaker="auto", occlusion=True, region="lips")
    assert body(order("react-1", asked))["options"] == {
        "sync_mode": "silence",
        "model_mode": "lips",
        "temperature": 0.5,
    }


def test_a_line_is_a_text_input() -> None:
    """A spoken line takes the place of the sound, and its sync mode is `silence` whatever was directed."""
    spoken = segment(line="hi", speech_voice="v1", sync="loop")
    wanted = order("react-1", spoken, options={"provider.stability": "0.3", "provider.similarityBoost": "0.9"})

    provider = {"name": "elevenlabs", "voiceId": "v1", "script": "hi", "stability": 0.3, "similarityBoost": 0.9}
    assert body(wanted)["input"] == [
        {"type": "video", "url": "https://host/v.mp4"},
        {"type": "text", "provider": provider},
    ]
    assert body(wanted)["options"]["sync_mode"] == "silence"


def test_segments_of_sync_3() -> None:
    """Each cue is a segment that takes its own range of the one sound; what differs from the first is overridden."""
    first = segment("0.25", "1.00", speaker=(640, 360), first_frame=6)
    second = segment("1.50", "2.75", speaker="auto", occlusion=True)

    assert body(order("sync-3", first, second)) == {
        "model": "sync-3",
        "input": [
            {"type": "video", "url": "https://host/v.mp4"},
            {"type": "audio", "url": "https://host/a.wav", "refId": "audio"},
        ],
        "options": {
            "sync_mode": "silence",
            "active_speaker_detection": {"frame_number": 6, "coordinates": [640, 360]},
        },
        "segments": [
            {
                "startTime": 0.25,
                "endTime": 1.0,
                "audioInput": {"refId": "audio", "startTime": 0.25, "endTime": 1.0},
            },
            {
                "startTime": 1.5,
                "endTime": 2.75,
                "audioInput": {"refId": "audio", "startTime": 1.5, "endTime": 2.75},
                "optionsOverride": {
                    "active_speaker_detection": {"auto_detect": True},
                    "occlusion_detection_enabled": True,
                },
            },
        ],
        "outputFileName": "attempt_1",
    }


def test_spoken_segments_have_names_of_their_own() -> None:
    """A line among segments is an input of its own, found by its `refId`."""
    sent = body(order("sync-3", segment("0.25", "1.00"), segment("1.50", "2.75", line="hi", speech_voice="v1")))

    assert [item.get("refId") for item in sent["input"]] == [None, "audio", "line_2"]
    assert [part["audioInput"]["refId"] for part in sent["segments"]] == ["audio", "line_2"]


def test_boxes_are_a_list_over_all_frames_sent() -> None:
    """Boxes go as they are, null where no face is."""
    sent = body(order("sync-3", segment(boxes=((1, 2, 3, 4), None))))
    assert sent["options"]["active_speaker_detection"] == {"bounding_boxes": [[1, 2, 3, 4], None]}


def test_the_third_speaker_detection_is_an_option() -> None:
    """`active_speaker_detection.v3` has no word, and is set beside what the word `speaker` says."""
    wanted = order("sync-3", segment(speaker="auto"), options={"active_speaker_detection.v3": "on"})
    assert body(wanted)["options"]["active_speaker_detection"] == {"auto_detect": True, "v3": True}


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("react-1", {"sync_mode": "silence", "model_mode": "face", "prompt": None, "temperature": 0.5}),
        (
            "sync-3",
            {"sync_mode": "silence", "occlusion_detection_enabled": False, "active_speaker_detection": None},
        ),
        (
            "lipsync-2",
            {
                "sync_mode": "silence",
                "temperature": 0.5,
                "occlusion_detection_enabled": False,
                "active_speaker_detection": None,
            },
        ),
    ],
)
def test_parameters_have_the_defaults_filled_in(model: str, expected: dict[str, Any]) -> None:
    """A claim names what the model does where nothing is asked."""
    assert SyncEngine().parameters(Direction(), model) == expected


def test_parameters_of_a_line_hold_the_line_and_its_voice() -> None:
    """Another line is another claim, for there is no sound to tell two lines apart by."""
    said = SyncEngine().parameters(Direction(line="hi", voice="v1"), "react-1")["provider"]
    assert said == {"name": "elevenlabs", "voiceId": "v1", "script": "hi"}
