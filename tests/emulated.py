"""A plain client of the emulated contracts: it knows what the makers' pages say, and nothing of reperform's engines."""

from __future__ import annotations

import base64
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from reperform.emulator import Emulator

HOSTED = ("sync", "runware", "segmind", "fal")
FAL = "/fal-ai/sync-lipsync/react-1"
SEGMIND = "/v2/sync.so-react-1"
_OVER = ("COMPLETED", "FAILED", "REJECTED", "success", "error")


def data_url(path: Path) -> str:
    kind = "video/mp4" if path.suffix == ".mp4" else "audio/wav"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


@dataclass
class Client:
    emulator: Emulator
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20))

    def headers(self, engine: str) -> dict[str, str]:
        key = self.emulator.key(engine)
        if engine in ("sync", "segmind"):
            return {"x-api-key": key}
        return {"Authorization": f"{'Bearer' if engine == 'runware' else 'Key'} {key}"}

    def call(self, engine: str, method: str, path: str, **options: Any) -> httpx.Response:
        headers = self.headers(engine) | options.pop("headers", {})
        address = path if path.startswith("http") else f"{self.emulator.base_url}{path}"
        return self.http.request(method, address, headers=headers, **options)

    def task(self, **fields: Any) -> httpx.Response:
        """One of Runware's."""
        return self.call("runware", "POST", "/v1", json=[{"taskUUID": str(uuid.uuid4()), **fields}])

    def upload(self, engine: str, path: Path) -> str:
        """By the engine's own way in; the address to name in a job."""
        if engine == "sync":
            return self._upload_sync(path)
        if engine == "runware":
            answer = self.task(taskType="mediaStorage", operation="upload", media=data_url(path))
            return str(answer.json()["data"][0]["mediaURL"])
        if engine == "segmind":
            answer = self.call("segmind", "POST", "/upload-asset", json={"data_urls": [data_url(path)]})
            return str(answer.json()["file_urls"][0])
        return self._upload_fal(path)

    def _upload_sync(self, path: Path) -> str:
        kind, data = ("video/mp4" if path.suffix == ".mp4" else "audio/wav"), path.read_bytes()
        asked = {"fileName": path.name, "contentType": kind, "size": len(data)}
        place = self.call("sync", "POST", "/v2/assets/upload", json=asked).json()
        self.http.put(place["uploadUrl"], content=data, headers={"Content-Type": kind}).raise_for_status()
        return str(place["url"])

    def _upload_fal(self, path: Path) -> str:
        asked = "/storage/auth/token?storage_type=fal-cdn-v3"
        token = self.call("fal", "POST", asked, json={}).json()
        headers = {"Authorization": f"Bearer {token['token']}", "X-Fal-File-Name": path.name}
        headers["Content-Type"] = "video/mp4" if path.suffix == ".mp4" else "audio/wav"
        answer = self.http.post(f"{token['base_url']}/files/upload", content=path.read_bytes(), headers=headers)
        return str(answer.json()["access_url"])

    def body(self, engine: str, video: str, audio: str, *, mode: str = "silence") -> dict[str, Any]:
        """The smallest job, with its sync mode."""
        if engine == "sync":
            sent = [{"type": "video", "url": video}, {"type": "audio", "url": audio}]
            return {"model": "react-1", "input": sent, "options": {"sync_mode": mode}}
        if engine == "runware":
            return {
                "taskType": "videoInference",
                "taskUUID": str(uuid.uuid4()),
                "model": "sync:react-1@1",
                "inputs": {"video": video, "audio": audio},
                "providerSettings": {"sync": {"syncMode": mode}},
            }
        if engine == "segmind":
            return {"video_url": video, "audio_url": audio, "sync_mode": mode}
        return {"video_url": video, "audio_url": audio, "emotion": "neutral", "lipsync_mode": mode}

    def submit(self, engine: str, body: Any, **options: Any) -> httpx.Response:
        path = {"sync": "/v2/generate", "runware": "/v1", "segmind": SEGMIND, "fal": FAL}[engine]
        return self.call(engine, "POST", path, json=[body] if engine == "runware" else body, **options)

    def identity(self, engine: str, answer: httpx.Response) -> str:
        said = answer.json()
        if engine == "runware":
            return str(said["data"][0]["taskUUID"])
        return str(said["id" if engine == "sync" else "request_id"])

    def poll(self, engine: str, identity: str) -> httpx.Response:
        if engine == "runware":
            return self.call("runware", "POST", "/v1", json=[{"taskType": "getResponse", "taskUUID": identity}])
        path = {
            "sync": f"/v2/generate/{identity}",
            "segmind": f"/v2/requests/{identity}/status",
            "fal": f"/fal-ai/sync-lipsync/requests/{identity}/status",
        }[engine]
        return self.call(engine, "GET", path)

    def states(self, engine: str, identity: str) -> list[str]:
        """Each state that was seen, once, until the job was over."""
        seen: list[str] = []
        for _ in range(2000):
            said = self.poll(engine, identity).json()
            state = str((said["data"][0] if engine == "runware" else said)["status"])
            if state not in seen:
                seen.append(state)
            if state in _OVER:
                return seen
            time.sleep(0.01)
        raise AssertionError(f"{engine} did not end: {seen}")

    def result(self, engine: str, identity: str) -> httpx.Response:
        if engine in ("sync", "runware"):
            return self.poll(engine, identity)
        path = {"segmind": f"/v2/requests/{identity}", "fal": f"/fal-ai/sync-lipsync/requests/{identity}"}[engine]
        return self.call(engine, "GET", path)

    def address(self, engine: str, identity: str, number: int = 0) -> str:
        """Where the result is."""
        said = self.result(engine, identity).json()
        if engine == "runware":
            return str(said["data"][number]["videoURL"])
        return str({"sync": lambda: said["outputUrl"], "segmind": lambda: said["output"]}.get(
            engine, lambda: said["video"]["url"]
        )())  # fmt: skip

    def finished(self, engine: str, body: Any, **options: Any) -> str:
        """A job from its submit to its end; its identity."""
        identity = self.identity(engine, self.submit(engine, body, **options))
        self.states(engine, identity)
        return identity

    def bills(self) -> int:
        """How many there are, once all jobs are over."""
        while any(self.emulator.world.active(engine) for engine in HOSTED):
            time.sleep(0.01)
        return len(self.emulator.billed)

    def download(self, engine: str, identity: str, into: Path, number: int = 0) -> Path:
        answer = self.http.get(self.address(engine, identity, number))
        answer.raise_for_status()
        into.write_bytes(answer.content)
        return into
