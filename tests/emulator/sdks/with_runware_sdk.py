"""Run inside an environment that holds `runware-sdk`: arguments BASE_URL KEY VIDEO AUDIO. Prints what came, as JSON."""

import asyncio
import base64
import json
import sys
from pathlib import Path

base_url, key, video, audio = sys.argv[1:]

from runware import Runware, RunwareError  # noqa: E402


def data_uri(path, kind):
    return f"data:{kind};base64,{base64.b64encode(Path(path).read_bytes()).decode()}"


async def main():
    async with Runware(api_key=key, transport="rest", http_base_url=f"{base_url}/v1") as client:
        stored = []
        for path, kind in ((video, "video/mp4"), (audio, "audio/wav")):
            answer = await client.media_storage({"operation": "upload", "media": data_uri(path, kind)})
            stored.append(answer[0]["mediaUUID"])
        results = await client.run(
            {
                "taskType": "videoInference",
                "model": "sync:react-1@1",
                "deliveryMethod": "async",
                "includeCost": True,
                "numberResults": 2,
                "inputs": {"video": stored[0], "audio": stored[1]},
                "providerSettings": {"sync": {"syncMode": "silence", "emotionPrompt": "angry"}},
            }
        )
        try:
            await client.run(
                {
                    "taskType": "videoInference",
                    "model": "sync:react-1@1",
                    "deliveryMethod": "async",
                    "inputs": {"video": "https://nowhere.invalid/v.mp4", "audio": stored[1]},
                }
            )
            failed = None
        except RunwareError as error:
            failed = error.code
        print(json.dumps({"results": results, "failed": failed}))


asyncio.run(main())
