"""Every field of the makers' pages can be reached: by a word of the grammar, an option, or because it is always sent."""

from __future__ import annotations

import pytest

from reperform import engines
from reperform.engines._hosted import Hosted

PLANNED = {
    "sync": {"model", "input", "outputFileName", "segments"},
    "runware": {
        "taskType",
        "taskUUID",
        "model",
        "inputs.video",
        "inputs.audio",
        "outputType",
        "deliveryMethod",
        "includeCost",
        "segments",
        "activeSpeakerDetection.frameNumber",
    },
    "segmind": {"video_url", "audio_url"},
    "fal": {"video_url", "audio_url"},
}
"""Fields that the plan itself fills."""

DOCUMENTED = {
    "sync": """
        model input outputFileName segments webhookUrl projectId sync_mode model_mode prompt temperature
        active_speaker_detection active_speaker_detection.v3 occlusion_detection_enabled
        provider.name provider.stability provider.similarityBoost
    """,
    "runware": """
        taskType taskUUID outputType outputFormat outputQuality webhookURL deliveryMethod uploadEndpoint
        safety.checkContent safety.mode ttl includeCost numberResults model inputs.video inputs.audio
        activeSpeakerDetection activeSpeakerDetection.autoDetect editRegion emotionPrompt occlusionDetectionEnabled
        syncMode temperature activeSpeakerDetection.boundingBoxes activeSpeakerDetection.coordinates
        activeSpeakerDetection.frameNumber emotion mode occlusionDetection segments
        tts.provider tts.stability tts.similarityBoost speech.text speech.voice
    """,
    "segmind": """
        video_url audio_url sync_mode model_mode prompt temperature auto_active_speaker_detection
        occlusion_detection_enabled
    """,
    "fal": """
        video_url audio_url emotion model_mode lipsync_mode temperature
        fal_webhook fal_max_queue_length priority X-Fal-Request-Timeout X-Fal-Queue-Priority X-Fal-Runner-Hint
        X-Fal-No-Retry X-Fal-Retry-Config X-Fal-Store-IO X-Fal-Object-Lifecycle-Preference x-app-fal-disable-fallback
    """,
}


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_documented_field_is_reached_in_exactly_one_way(name: str) -> None:
    """No documented field is forgotten, and none has two ways that could disagree."""
    engine = engines.get(name)
    assert isinstance(engine, Hosted)
    options = [option.name for option in engine.fields.options if option.place != "call"]
    ways = [*engine.fields.words, *options, *PLANNED[name]]
    assert sorted(ways) == sorted(DOCUMENTED[name].split())
