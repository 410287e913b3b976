"""Segmind: Sync's react-1 through `POST /v2/sync.so-react-1`, asked after until it is done."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import anyio

from reperform.direction import EMOTIONS, REGIONS, SYNC_MODES, Direction
from reperform.engines._answers import Answer
from reperform.engines._data_urls import MEDIA_TYPES, body_around
from reperform.engines._hosted import REACT_1_SECONDS, Hosted, looked_for, wire_sync
from reperform.engines._options import Fields
from reperform.engines._segmind_answers import address_of, cost_of, failure, refusal, status_of
from reperform.engines.base import Capabilities, Finished, JobOrder, Output, Prepared, Price, Progress, Submitted
from reperform.errors import AccessRefused, Expired, OutOfReach

__all__ = ["SegmindEngine"]

_API = "https://api.segmind.com"
_ASSETS = "https://workflows-api.segmind.com/upload-asset"
_REACT_1 = Capabilities(
    engine="segmind",
    model="sync.so-react-1",
    longest_input_seconds=REACT_1_SECONDS,
    emotions=EMOTIONS,
    emotion_required=True,
    regions=REGIONS,
    sync_modes=SYNC_MODES,
    temperature=True,
    speaker=True,
    occlusion=True,
    price=Price(amount=None, unit="request", as_of="2026-11", source="Segmind's page of the model prints no price"),
    environment=("SEGMIND_API_KEY",),
    hosts=("api.segmind.com", "workflows-api.segmind.com"),
    upload_note="What is uploaded to Segmind, and what it returns, lies at public addresses; results for seven days.",
)


class SegmindEngine(Hosted):
    """Segmind. Where `prompt` is missing it performs `happy`, so every request says which emotion it wants."""

    name = "segmind"
    poll_seconds: float = 5.0
    """Between two questions: Segmind names no interval for video; others advise five to ten."""
    settling_seconds: float = 30.0
    """How long a job that was never seen may still come up."""
    aliases: ClassVar[Mapping[str, str]] = {"react-1": "sync.so-react-1"}
    table: ClassVar[tuple[Capabilities, ...]] = (_REACT_1,)
    fields: ClassVar[Fields] = Fields(
        engine="segmind",
        words={
            "sync_mode": "sync",
            "model_mode": "region",
            "prompt": "emotion",
            "temperature": "temperature",
            "auto_active_speaker_detection": "speaker",
            "occlusion_detection_enabled": "occlusion",
        },
    )

    def parameters(self, direction: Direction, model: str) -> dict[str, Any]:
        """A cue's fields with the model's defaults filled in; `neutral` where no emotion is asked for."""
        return {
            "sync_mode": wire_sync(direction, self.capabilities(model)),
            "model_mode": direction.region or "face",
            "prompt": direction.emotion or "neutral",
            "temperature": 0.5 if direction.temperature is None else direction.temperature,
            "auto_active_speaker_detection": direction.speaker == "auto",
            "occlusion_detection_enabled": bool(direction.occlusion),
        }

    def request(self, order: JobOrder, *, video: str, audio: str | None, identity: str) -> dict[str, Any]:  # noqa: ARG002
        """The JSON body, every field of it. It has no place for `identity`."""
        self.fields.values(order.options)
        return {"video_url": video, "audio_url": audio} | self.parameters(order.direction, order.model)

    async def upload(self, prepared: Prepared, order: JobOrder, progress: Progress) -> dict[str, str]:  # noqa: ARG002
        """Each file as an asset, at a public address."""
        files = {"video": prepared.video} | ({"audio": prepared.audio} if prepared.audio else {})
        return {kind: await self._asset(kind, file, prepared, progress) for kind, file in files.items()}

    async def submit(self, prepared: Prepared, order: JobOrder, addresses: dict[str, str]) -> Submitted:
        """`POST /v2/sync.so-react-1`, once. Segmind knows no identity of ours: what may have arrived stays unknown."""
        body = self.request(
            self.unredacted(order),
            video=addresses["video"],
            audio=addresses.get("audio"),
            identity=prepared.attempt_id,
        )
        answer = await self.wire.post(
            self.wire.url(f"{_API}/v2/{quote(order.model, safe='')}"), repeat=False, json=body, json_expected=False
        )
        if not answer.ok:
            raise refusal(answer, clean=self.wire.clean)
        return Submitted(remote_id=answer.need("request_id", kind=str))

    async def wait(self, submitted: Submitted, progress: Progress) -> Finished:
        """Until it is done. Segmind forgets a job an hour later, so its result's address is asked for at once."""
        record = f"{_API}/v2/requests/{quote(submitted.remote_id, safe='')}"
        seen, settled = False, anyio.current_time() + self.settling_seconds
        while True:
            answer = await self._asked(f"{record}/status")
            if answer.status == 404 and not seen and anyio.current_time() < settled:
                await anyio.sleep(self.poll_seconds)
                continue
            status, seen = self._status(answer), True
            if status == "COMPLETED" and (finished := await self._finished(submitted, record)):
                return finished
            progress(status.lower(), None)
            await anyio.sleep(self.poll_seconds)

    async def fetch(self, output: Output, into: Path) -> None:
        """Download it. Its address is public, and good for seven days."""
        await self.wire.download(output.address, into)

    async def _asset(self, kind: str, file: Path, prepared: Prepared, progress: Progress) -> str:
        async with body_around(
            file, MEDIA_TYPES[kind], lambda media: {"data_urls": [media]}, folder=prepared.folder
        ) as body:
            answer = await self.wire.post(
                self.wire.url(_ASSETS),
                repeat=True,
                content=body,
                headers={"Content-Type": "application/json"},
                progress=lambda part: progress(f"uploading {kind}", part),
            )
        if not answer.ok:
            raise refusal(answer, clean=self.wire.clean)
        return answer.need("file_urls", 0, kind=str)

    async def _asked(self, address: str) -> Answer:
        return await looked_for(partial(self.wire.get, self.wire.url(address)), pause=self.poll_seconds)

    def _status(self, answer: Answer) -> str:
        """What the job is doing. Raises what became of it where it has failed or is gone."""
        body = answer.maybe_json()
        status = status_of(body)
        if status == "FAILED" or answer.status == 422:
            raise failure(body, clean=self.wire.clean)
        if answer.ok and status:
            return status
        if answer.ok:
            raise answer.unreadable("it has no “status”")
        error = refusal(answer, clean=self.wire.clean)
        if answer.status == 404:
            raise Expired("Segmind no longer has this job: it keeps them for an hour.", cause=error.cause)
        if isinstance(error, AccessRefused):
            raise error
        # That the question was refused says nothing of the job.
        raise OutOfReach(f"Segmind answered {answer.status}.", cause=error.cause)

    async def _finished(self, submitted: Submitted, record: str) -> Finished | None:
        answer = await self._asked(record)
        if self._status(answer) != "COMPLETED":
            return None
        body = answer.json()
        address = address_of(body)
        if address is None:
            raise OutOfReach("Segmind says that the job is done, and not where its result is.")
        output = Output(number=0, address=address, facts={"id": submitted.remote_id})
        return Finished(outputs=(output,), cost_usd=cost_of(body))
