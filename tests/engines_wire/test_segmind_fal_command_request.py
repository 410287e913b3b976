"""The flat bodies: Segmind, fal, and what a command is given."""

from __future__ import annotations

import pytest

from engines_wire.orders import order, segment
from reperform import engines
from reperform.engines.fal import FalEngine
from reperform.engines.segmind import SegmindEngine

ADDRESSES = {"video": "https://host/v.mp4", "audio": "https://host/a.mp3", "identity": "attempt_1"}


def test_the_documented_example_of_segmind() -> None:
    """All eight fields, whatever of them was directed."""
    asked = segment(sync="bounce", region="face", emotion="happy", temperature=0.5)
    assert SegmindEngine().request(order("sync.so-react-1", asked), **ADDRESSES) == {
        "video_url": "https://host/v.mp4",
        "audio_url": "https://host/a.mp3",
        "sync_mode": "bounce",
        "model_mode": "face",
        "prompt": "happy",
        "temperature": 0.5,
        "auto_active_speaker_detection": False,
        "occlusion_detection_enabled": False,
    }


def test_the_documented_example_of_fal() -> None:
    """The maker's full example."""
    asked = segment(sync="bounce", region="face", emotion="neutral", temperature=0.5)
    assert FalEngine().request(order("fal-ai/sync-lipsync/react-1", asked), **ADDRESSES) == {
        "video_url": "https://host/v.mp4",
        "audio_url": "https://host/a.mp3",
        "emotion": "neutral",
        "model_mode": "face",
        "lipsync_mode": "bounce",
        "temperature": 0.5,
    }


@pytest.mark.parametrize(("name", "field"), [("segmind", "prompt"), ("fal", "emotion")])
def test_an_emotion_is_always_sent(name: str, field: str) -> None:
    """Segmind would perform `happy` and fal would refuse, so `neutral` is sent where no emotion is asked for."""
    engine, model = engines.target(name)
    assert engine.request(order(model), **ADDRESSES)[field] == "neutral"


def test_options_of_fals_queue_stay_out_of_the_body() -> None:
    """The queue's own settings go into the query and the headers of the request."""
    options = {"fal_webhook": "https://me.example/hook", "X-Fal-Store-IO": "0", "priority": "low"}
    plain = FalEngine().request(order("fal-ai/sync-lipsync/react-1"), **ADDRESSES)
    assert FalEngine().request(order("fal-ai/sync-lipsync/react-1", options=options), **ADDRESSES) == plain


def test_a_command_is_given_the_direction_and_where_the_cue_is() -> None:
    """A studio's command sees where the cue lies in what it gets, and what is asked."""
    engine, model = engines.target("command/wav2lip")
    asked = segment("0.25", "2.75", emotion="sad", region="lips")
    assert engine.request(order(model, asked), **ADDRESSES) == {
        "video": "https://host/v.mp4",
        "audio": "https://host/a.mp3",
        "rate": "24/1",
        "frames": 72,
        "segments": [{"startTime": 0.25, "endTime": 2.75}],
        "direction": {"emotion": "sad", "region": "lips", "sync": "silence"},
        "output": "attempt_1.mp4",
    }
