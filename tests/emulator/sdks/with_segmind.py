"""Run inside an environment that holds `segmind`: arguments BASE_URL KEY VIDEO AUDIO_URL. Prints what came, as JSON."""

import json
import sys

base_url, key, video, audio_url = sys.argv[1:]

from segmind import InferenceFailed, SegmindClient  # noqa: E402
from segmind.files import Files  # noqa: E402

Files.STORAGE_BASE_URL = base_url
client = SegmindClient(api_key=key, base_url=f"{base_url}/v1")
video_url = client.files.upload(video)["file_urls"][0]
asked = {"video_url": video_url, "audio_url": audio_url, "sync_mode": "silence", "prompt": "angry"}
job = client.submit_async("sync.so-react-1", **asked)
result = job.wait(timeout=60, interval=0.05)
ran = client.run("sync.so-react-1", **asked)
try:
    client.submit_async("sync.so-react-1", **{**asked, "video_url": "https://nowhere.invalid/v.mp4"}).wait(
        interval=0.05
    )
    failed = None
except InferenceFailed as error:
    failed = error.detail
print(
    json.dumps(
        {
            "status": result["status"],
            "url": result["output"],
            "ran": ran["status"],
            "failed": failed,
            "id": job.request_id,
        }
    )
)
