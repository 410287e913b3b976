"""Run inside an environment that holds `fal-client`: arguments BASE_URL KEY VIDEO AUDIO. Prints what came, as JSON."""

import json
import os
import sys

base_url, key, video, audio = sys.argv[1:]
os.environ["FAL_KEY"] = key

import fal_client  # noqa: E402 - it reads the environment when it is imported
import fal_client.client as module  # noqa: E402

module.QUEUE_URL_FORMAT = module.RUN_URL_FORMAT = f"{base_url}/"
module.REST_URL = module.CDN_URL = base_url

APP = "fal-ai/sync-lipsync/react-1"
client = fal_client.SyncClient(key=key)
video_url, audio_url = client.upload_file(video), client.upload_file(audio)
arguments = {"video_url": video_url, "audio_url": audio_url, "emotion": "angry", "lipsync_mode": "silence"}
handle = client.submit(APP, arguments=arguments)
seen = [type(status).__name__ for status in handle.iter_events(with_logs=True, interval=0.02)]
result = handle.get()
subscribed = client.subscribe(APP, arguments=arguments, with_logs=True)

try:
    client.subscribe(APP, arguments={"video_url": video_url, "audio_url": audio_url})
    refused = None
except fal_client.FalClientHTTPError as error:
    refused = error.status_code
pieces = client.upload(bytes(101 * 1024 * 1024), "video/mp4", "pieces.mp4")
print(
    json.dumps(
        {
            "states": sorted(set(seen)),
            "video": result["video"],
            "subscribed": subscribed["video"]["num_frames"],
            "refused": refused,
            "pieces": pieces,
        }
    )
)
