"""Run inside an environment that holds `syncsdk`: arguments BASE_URL KEY VIDEO_URL AUDIO_URL VIDEO AUDIO. Prints what came, as JSON."""

import json
import sys
import time
from pathlib import Path

base_url, key, video_url, audio_url, video, audio = sys.argv[1:]

from sync import Sync  # noqa: E402 - it reads the environment when it is imported
from sync.common import Audio, GenerationOptions, Video  # noqa: E402
from sync.core.api_error import ApiError  # noqa: E402

client = Sync(api_key=key, base_url=base_url)


def ended(identity):
    seen = []
    while True:
        generation = client.generations.get(identity)
        seen.append(generation.status)
        if generation.status in ("COMPLETED", "FAILED", "REJECTED"):
            return generation, seen
        time.sleep(0.05)


created = client.generations.create(
    model="react-1",
    input=[Video(url=video_url), Audio(url=audio_url)],
    options=GenerationOptions(sync_mode="silence", model_mode="face", prompt="angry", temperature=0.5),
    output_file_name="shot_010",
)
generation, states = ended(created.id)

with Path(video).open("rb") as picture, Path(audio).open("rb") as sound:
    sent = client.generations.create_with_files(model="react-1", video=picture, audio=sound)
from_files, _ = ended(sent.id)

estimate = client.generations.estimate_cost(model="react-1", input=[Video(url=video_url), Audio(url=audio_url)])
listed = client.generations.list(status="COMPLETED")
try:
    client.generations.get("no-such-generation")
    refused = None
except ApiError as error:
    refused = error.status_code
print(
    json.dumps(
        {
            "first": created.status,
            "last": states[-1],
            "url": generation.output_url,
            "seconds": generation.output_duration,
            "from_files": from_files.status,
            "from_files_url": from_files.output_url,
            "estimate": estimate[0].estimated_frame_count,
            "listed": sorted(one.id for one in listed) == sorted([created.id, sent.id]),
            "refused": refused,
        }
    )
)
