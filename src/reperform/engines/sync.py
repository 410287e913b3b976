"""Sync's own service: react-1, sync-3 and the lipsync-2 models through `POST /v2/generate`, followed until it is done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

import anyio

from reperform.engines._answers import Answer, moment, retry_after
from reperform.engines._hosted import looked_for
from reperform.engines._sync_answers import code_of, dollars, failure, generations, refusal
from reperform.engines._sync_request import SyncRequests
from reperform.engines.base import Finished, JobOrder, Output, Prepared, Progress, Submitted
from reperform.errors import AccessRefused, EngineError, Expired, OutOfReach, SubmissionUnknown

__all__ = ["SyncEngine"]

_API = "https://api.sync.so"
_SERVER_ERRORS = range(500, 600)
_LARGEST_MULTIPART = 20_000_000
"""Bytes: what Sync's documents agree on for files inside a submit."""
_WITH_SUBMIT = "with the submit: "
_LONGEST_PAUSE = 120.0
_PAGES = 50
_UNNAMED = 50
"""How many generations are looked at one by one where the list does not name their files."""


class SyncEngine(SyncRequests):
    """Sync, who make the models."""

    deduplicates: ClassVar[bool] = True
    reconciles: ClassVar[bool] = True
    poll_seconds: float = 10.0
    """Between two questions, where the engine neither holds the answer back nor says when to come again."""

    async def upload(self, prepared: Prepared, order: JobOrder, progress: Progress) -> dict[str, str]:
        """Each file as an asset. Small ones wait for the submit where that was asked for."""
        files = {"video": prepared.video} | ({"audio": prepared.audio} if prepared.audio else {})
        if self._multipart(order, files):
            return {kind: f"{_WITH_SUBMIT}{file.name}" for kind, file in files.items()}
        return {kind: await self._asset(kind, file, progress) for kind, file in files.items()}

    async def submit(self, prepared: Prepared, order: JobOrder, addresses: dict[str, str]) -> Submitted:
        """`POST /v2/generate`, once; the attempt's id is its key and its output's name."""
        body = self.request(
            self.unredacted(order),
            video=addresses["video"],
            audio=addresses.get("audio"),
            identity=prepared.attempt_id,
        )
        content = _parts(body, prepared) if addresses["video"].startswith(_WITH_SUBMIT) else {"json": body}
        answer = await self.wire.post(
            self.wire.url(f"{_API}/v2/generate"),
            repeat=False,
            headers={"Idempotency-Key": prepared.attempt_id},
            accept=_SERVER_ERRORS,
            json_expected=False,
            **content,
        )
        if answer.ok:
            return Submitted(remote_id=answer.need("id", kind=str))
        return await self._not_accepted(answer, prepared.attempt_id)

    async def wait(self, submitted: Submitted, progress: Progress) -> Finished:
        """Until it is done: Sync holds each answer back for up to ten seconds, and says when to ask again."""
        held = True
        while True:
            query = "wait=true&timeout=10" if held else "include=progress"
            answer = await looked_for(partial(self._state, submitted, query), pause=self.poll_seconds)
            if answer.status == 400 and held:
                held = False
                continue
            body = self._read(answer)
            status = answer.need("status", kind=str).upper()
            if status == "COMPLETED":
                return await self._finished(submitted, answer)
            if status in ("FAILED", "REJECTED"):
                cost = await self._cost(submitted.remote_id)
                raise failure(body, billed=None if cost is None else cost > 0, clean=self.wire.clean)
            progress(status.lower() or "waiting", await self._progress(submitted, body, status, held=held))
            await anyio.sleep(self._pause(answer, held=held))

    async def fetch(self, output: Output, into: Path) -> None:
        """Download it; where its address has run out, Sync is asked for a new one."""
        try:
            await self.wire.download(output.address, into)
        except Expired:
            fresh = await self._fresh_address(str(output.facts.get("id", "")))
            if fresh is None:
                raise
            await self.wire.download(fresh, into)

    async def reconcile(self, identity: str, *, sent_at: datetime) -> Submitted | None:
        """Looks for the attempt's id among the names of the account's newest outputs.

        Raises:
            SubmissionUnknown: the list cannot be had, or does not reach back to `sent_at`.
            AccessRefused: the key is not accepted.

        """
        try:
            return await self._found(identity, sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC))
        except (AccessRefused, SubmissionUnknown):
            raise
        except EngineError as error:
            raise SubmissionUnknown(
                f"Sync cannot be asked whether {identity} arrived.", cause=error.cause or error.message
            ) from None

    async def estimate(self, order: JobOrder, *, addresses: Mapping[str, str] | None = None) -> float | None:  # noqa: ARG002
        """Sync's own estimate, by model, length and rate: it asks for no media. None where it gives none."""
        asked = {"model": order.model, "duration": float(order.seconds), "fps": round(float(order.rate), 3)}
        try:
            answer = await self.wire.post(
                self.wire.url(f"{_API}/v2/generations/estimate"), repeat=True, json=asked, tries=2
            )
        except EngineError:
            return None
        if answer.status in (401, 402):
            raise refusal(answer, clean=self.wire.clean)
        return dollars(answer.maybe_json()) if answer.ok else None

    def _multipart(self, order: JobOrder, files: Mapping[str, Path]) -> bool:
        """Segments find their sound by name, which a file inside a submit does not have."""
        asked = order.options.get("upload") == "multipart" and not self.capabilities(order.model).segments
        return asked and sum(file.stat().st_size for file in files.values()) <= _LARGEST_MULTIPART

    async def _asset(self, kind: str, file: Path, progress: Progress) -> str:
        media = _MEDIA_TYPES[kind]
        slot = await self.wire.post(
            self.wire.url(f"{_API}/v2/assets/upload"),
            repeat=True,
            json={"fileName": file.name, "contentType": media, "size": file.stat().st_size},
        )
        if not slot.ok:
            raise _not_taken(refusal(slot, clean=self.wire.clean), slot.status)
        address = slot.need("url", kind=str)
        stored = await self.wire.put(
            slot.need("uploadUrl", kind=str),
            repeat=True,
            auth=False,
            content=file,
            headers={"Content-Type": media},
            progress=partial(progress, f"uploading {kind}"),
        )
        if not stored.ok:
            raise OutOfReach(f"Sync's storage did not take the {kind} ({stored.status}).")
        return address

    async def _not_accepted(self, answer: Answer, identity: str) -> Submitted:
        """The submit was not answered with success: go by what is certain."""
        body = answer.maybe_json()
        known = body.get("generationId") if isinstance(body, dict) else None
        if isinstance(known, str) and known:
            return Submitted(remote_id=known)
        code = code_of(body)
        if answer.status < 400 or answer.status >= 500 or answer.status == 409 or code == "IDEMPOTENCY_OUTCOME_UNKNOWN":
            return await self._looked_up(answer, identity)
        raise refusal(answer, clean=self.wire.clean)

    async def _looked_up(self, answer: Answer, identity: str) -> Submitted:
        if answer.status == 409 and (found := await self.reconcile(identity, sent_at=datetime.now(UTC))):
            return found
        cause = self.wire.clean(answer.body[:2000].decode(errors="replace")) or None
        raise SubmissionUnknown(f"Sync answered {answer.status}: the job may have arrived.", cause=cause)

    async def _state(self, submitted: Submitted, query: str) -> Answer:
        return await self.wire.get(self.wire.url(f"{_job(submitted.remote_id)}?{query}"))

    def _read(self, answer: Answer) -> dict[str, Any]:
        if not answer.ok:
            error = refusal(answer, clean=self.wire.clean)
            if isinstance(error, AccessRefused | Expired):
                raise error
            # That the question was refused says nothing of the job.
            raise OutOfReach(f"Sync answered {answer.status}.", cause=error.cause)
        body = answer.json()
        if not isinstance(body, dict):
            raise answer.unreadable("it is no generation")
        return body

    def _pause(self, answer: Answer, *, held: bool) -> float:
        hint = retry_after(answer)
        if hint is not None:
            return min(hint, _LONGEST_PAUSE)
        was_held = held and answer.headers.get("x-sync-wait-mode") == "long_poll"
        return 0.2 if was_held else self.poll_seconds

    async def _progress(
        self, submitted: Submitted, body: Mapping[str, Any], status: str, *, held: bool
    ) -> float | None:
        """How far it is, which Sync says only in answers that it does not hold back."""
        if held and status == "PROCESSING":
            try:
                answer = await self.wire.get(self.wire.url(f"{_job(submitted.remote_id)}?include=progress"), tries=1)
                body = self._read(answer)
            except EngineError:
                return None
        percent = body.get("progress_percent")
        return min(1.0, max(0.0, percent / 100)) if isinstance(percent, int | float) else None

    async def _finished(self, submitted: Submitted, answer: Answer) -> Finished:
        body = answer.json()
        address = body.get("outputUrl") or await self._signed(submitted.remote_id)
        if not isinstance(address, str) or not address:
            raise OutOfReach("Sync says that the job is done, and not yet where its result is.")
        facts: dict[str, Any] = {"id": submitted.remote_id}
        if isinstance(body.get("outputDuration"), int | float):
            facts["duration"] = body["outputDuration"]
        cost = await self._cost(submitted.remote_id)
        return Finished(outputs=(Output(number=0, address=address, facts=facts),), cost_usd=cost)

    async def _cost(self, remote_id: str) -> float | None:
        """Never worth delaying a result for."""
        with suppress(EngineError), anyio.move_on_after(15):
            answer = await self.wire.get(self.wire.url(f"{_job(remote_id)}/costs"), tries=2)
            return dollars(answer.maybe_json()) if answer.ok else None
        return None

    async def _fresh_address(self, remote_id: str) -> str | None:
        if not remote_id:
            return None
        answer = await self._state(Submitted(remote_id=remote_id), "include=progress")
        body = self._read(answer)
        return await self._signed(remote_id) or body.get("outputUrl") or None

    async def _signed(self, remote_id: str) -> str | None:
        """The result's signed address, as plain text."""
        with suppress(EngineError):
            answer = await self.wire.get(
                self.wire.url(f"{_API}/v2/generations/{quote(remote_id, safe='')}/download"),
                json_expected=False,
                tries=2,
            )
            text = answer.body.decode(errors="replace").strip().strip('"')
            return text if answer.ok and text.startswith(("https://", "http://")) else None
        return None

    async def _found(self, identity: str, sent_at: datetime) -> Submitted | None:
        cursor: str | None = None
        unnamed: list[str] = []
        for _ in range(_PAGES):
            query = urlencode({"limit": 100} | ({"cursor": cursor} if cursor else {}))
            answer = await self.wire.get(self.wire.url(f"{_API}/v2/generations?{query}"))
            if not answer.ok:
                raise refusal(answer, clean=self.wire.clean)
            try:
                page, cursor = generations(answer.json())
            except ValueError:
                raise answer.unreadable("it is no list of generations") from None
            for entry in page:
                if _named(entry, identity):
                    return Submitted(remote_id=str(entry["id"]))
            unnamed += [str(entry["id"]) for entry in page if _may_be(entry, sent_at)]
            if not cursor or not page or _long_before(page[-1], sent_at):
                return await self._among(unnamed, identity)
        raise SubmissionUnknown(f"Sync's list of jobs is too long to find {identity} in it.")

    async def _among(self, remote_ids: list[str], identity: str) -> Submitted | None:
        """The list does not name the outputs of these: each is asked for."""
        if len(remote_ids) > _UNNAMED:
            raise SubmissionUnknown(f"Sync's list of jobs does not say which of them is {identity}.")
        for remote_id in remote_ids:
            if _named(self._read(await self._state(Submitted(remote_id=remote_id), "include=progress")), identity):
                return Submitted(remote_id=remote_id)
        return None


_MEDIA_TYPES = {"video": "video/mp4", "audio": "audio/wav"}


def _job(remote_id: str) -> str:
    return f"{_API}/v2/generate/{quote(remote_id, safe='')}"


def _not_taken(error: EngineError, status: int) -> EngineError:
    """The refusal of an upload: there is no job yet that could be gone."""
    if not isinstance(error, Expired):
        return error
    return EngineError(
        f"Sync takes no uploads there any more ({status}).",
        cause=error.cause,
        fix="Nothing was sent to be performed. Run again later; if it stays so, update reperform.",
    )


def _parts(body: dict[str, Any], prepared: Prepared) -> dict[str, Any]:
    """The request as a multipart body: media as files, what is nested as JSON."""
    files = {"video": prepared.video} | ({"audio": prepared.audio} if prepared.audio else {})
    spoken = [item for item in body["input"] if item["type"] == "text"]
    fields = {**body, "input": spoken} if spoken else {name: body[name] for name in body if name != "input"}
    return {
        "parts": {kind: (file.name, file, _MEDIA_TYPES[kind]) for kind, file in files.items()},
        "fields": {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()},
    }


def _named(entry: Mapping[str, Any], identity: str) -> bool:
    return entry.get("outputFileName") in (identity, f"{identity}.mp4") and bool(entry.get("id"))


def _may_be(entry: Mapping[str, Any], sent_at: datetime) -> bool:
    """An entry without an output's name, not older than the submit by more than clocks may differ."""
    made = moment(entry.get("createdAt"))
    recent = made is None or made >= sent_at - timedelta(minutes=15)
    return "outputFileName" not in entry and bool(entry.get("id")) and recent


def _long_before(entry: Mapping[str, Any], sent_at: datetime) -> bool:
    """The list's order is not documented; a day before the submit, no order puts it further on."""
    made = moment(entry.get("createdAt"))
    return made is not None and made < sent_at - timedelta(days=1)
