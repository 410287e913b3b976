"""Runware: Sync's react-1 and sync-3 as tasks, posted in an array to `/v1` and asked after until they are done."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import anyio
import anyio.to_thread

from reperform.engines._answers import Answer
from reperform.engines._data_urls import MEDIA_TYPES, data_url
from reperform.engines._runware_answers import Reply, cost_of, failure, outputs, read, refusal
from reperform.engines._runware_request import RunwareRequests
from reperform.engines._runware_storage import API, WITH_SUBMIT, fits_inline, inlined, stored
from reperform.engines.base import Finished, JobOrder, Output, Prepared, Progress, Submitted
from reperform.errors import (
    AccessRefused,
    EngineError,
    Expired,
    OutOfReach,
    RateLimited,
    SubmissionUnknown,
)

__all__ = ["RunwareEngine"]

_SERVER_ERRORS = range(500, 600)
_RESULTS = "results"
"""Under this name a submitted job keeps how many results were asked for."""
_LONGEST_ESTIMATE = 120
"""Seconds of stand-ins that are made for a price."""


class RunwareEngine(RunwareRequests):
    """Runware. A task's identity is a UUID that we make, so a request that may have arrived can be asked after."""

    deduplicates: ClassVar[bool] = True
    reconciles: ClassVar[bool] = True
    first_pause: float = 1.0
    """Seconds before the first question; then they grow from `shortest_pause` to `longest_pause`."""
    shortest_pause: float = 0.5
    longest_pause: float = 10.0
    settling_seconds: float = 30.0
    """How long a task that was never seen may still come up."""
    missing_seconds: float = 600.0
    """How long results that are missing may still be made after the last one that came, where nothing says that they are."""

    async def upload(self, prepared: Prepared, order: JobOrder, progress: Progress) -> dict[str, str]:
        """Each file into Runware's storage. Small ones wait for the submit where that was asked for."""
        files = {"video": prepared.video} | ({"audio": prepared.audio} if prepared.audio else {})
        if order.options.get("upload") == "inline" and fits_inline(files, order):
            return {kind: f"{WITH_SUBMIT}{file.name}" for kind, file in files.items()}
        return {
            kind: await stored(self.wire, kind, file, folder=prepared.folder, progress=progress)
            for kind, file in files.items()
        }

    async def submit(self, prepared: Prepared, order: JobOrder, addresses: dict[str, str]) -> Submitted:
        """One task, once. That its identity was used already says that it had arrived."""
        identity = prepared.attempt_id
        media = await inlined(prepared, addresses)
        task = self.request(self.unredacted(order), video=media["video"], audio=media.get("audio"), identity=identity)
        submitted = Submitted(remote_id=identity, addresses={_RESULTS: str(order.results)})
        answer = await self.wire.post(
            self.wire.url(API), repeat=False, json=[task], accept=_SERVER_ERRORS, json_expected=False
        )
        reply = read(answer.maybe_json(), identity)
        if reply.items and not reply.failed:
            return submitted
        if any(trouble.kind == "arrived" for trouble in (*reply.own, *reply.other)):
            return submitted
        raise self._not_accepted(answer, reply)

    async def wait(self, submitted: Submitted, progress: Progress) -> Finished:
        """Until every result is there, or the task has failed. Results that are there are kept when others failed."""
        identity, seen, settled = submitted.remote_id, False, anyio.current_time() + self.settling_seconds
        wanted, before = _whole(submitted.addresses.get(_RESULTS)), -1
        for pause in self._pauses():
            await anyio.sleep(pause)
            reply = await self._asked(identity)
            if reply is None:
                continue
            done, failed = reply.done, reply.failed
            if reply.items and not seen:
                seen, wanted = True, wanted or await self._wanted(identity)
            if len(done) != before:
                before, settled = len(done), anyio.current_time() + self._patience_with(reply)
            progress("processing" if seen else "waiting", reply.progress)
            if reply.going_on or (anyio.current_time() < settled and _may_come(reply, seen=seen, wanted=wanted)):
                continue
            if done:
                return Finished(outputs=outputs(identity, done), cost_usd=cost_of(done))
            if failed:
                raise failure(failed[0], clean=self.wire.clean)
            raise Expired("Runware no longer has this task, or it failed.", cause=_cause(reply, self.wire.clean))
        raise AssertionError("pauses have no end")

    async def fetch(self, output: Output, into: Path) -> None:
        """Download it; where its address has run out, Runware is asked for a new one."""
        try:
            await self.wire.download(output.address, into)
        except Expired:
            fresh = await self._fresh_address(output)
            if fresh is None:
                raise
            await self.wire.download(fresh, into)

    async def reconcile(self, identity: str, *, sent_at: datetime) -> Submitted | None:  # noqa: ARG002 - the identity says all
        """Asks for the task of that identity.

        Raises:
            SubmissionUnknown: the answer does not say whether it is there.
            AccessRefused: the key is not accepted.

        """
        try:
            answer, reply = await self._response(identity)
        except AccessRefused:
            raise
        except EngineError as error:
            raise SubmissionUnknown(
                f"Runware cannot be asked whether {identity} arrived.", cause=error.cause or error.message
            ) from None
        if reply.items or reply.failed:
            return Submitted(remote_id=identity)
        if reply.gone:
            return None
        refused = self._refused(answer, reply)
        if isinstance(refused, AccessRefused):
            raise refused
        raise SubmissionUnknown(f"Runware does not say whether {identity} arrived.", cause=refused.cause)

    async def estimate(self, order: JobOrder, *, addresses: Mapping[str, str] | None = None) -> float | None:
        """A dry run's price: of the media where they are stored, else with black and silence of the job's length.

        None where it gives none, and for a long job whose media are not stored: its stand-ins would be large themselves.
        """
        stored_there = addresses if addresses and not addresses["video"].startswith(WITH_SUBMIT) else None
        if stored_there is None and order.seconds > _LONGEST_ESTIMATE:
            return None
        body = await anyio.to_thread.run_sync(self._dry, order, stored_there)
        try:
            answer = await self.wire.post(
                self.wire.url(API), repeat=True, json=[body], headers={"X-Runware-Dry-Run": "1"}, tries=2
            )
        except EngineError:
            return None
        reply = read(answer.maybe_json(), body["taskUUID"])
        if not reply.items:
            error = self._refused(answer, reply)
            if isinstance(error, AccessRefused):
                raise error
            return None
        return cost_of(reply.items)

    def _dry(self, order: JobOrder, addresses: Mapping[str, str] | None) -> dict[str, Any]:
        from reperform.engines._stand_ins import black, silence

        options = {name: text for name, text in order.options.items() if name not in ("webhookURL", "uploadEndpoint")}
        asked, identity = replace(order, options=options), str(uuid.uuid4())
        if addresses is not None:
            return self.request(asked, video=addresses["video"], audio=addresses.get("audio"), identity=identity)
        return self.request(
            replace(asked, segments=order.segments[:1]),
            video=data_url(black(frames=order.frames, rate=order.rate), MEDIA_TYPES["video"]),
            audio=data_url(silence(order.seconds), MEDIA_TYPES["audio"]),
            identity=identity,
        )

    def _not_accepted(self, answer: Answer, reply: Reply) -> EngineError:
        """The submit was not answered with success: go by what is certain."""
        if answer.status >= 500:
            cause = (
                _cause(reply, self.wire.clean) or self.wire.clean(answer.body[:2000].decode(errors="replace")) or None
            )
            return SubmissionUnknown(f"Runware answered {answer.status}: the job may have arrived.", cause=cause)
        if reply.failed:
            return failure(reply.failed[0], clean=self.wire.clean) if reply.items else self._refused(answer, reply)
        if answer.ok and not reply.own and not reply.other:
            return answer.unreadable("it does not name the task")
        return self._refused(answer, reply)

    def _refused(self, answer: Answer, reply: Reply) -> EngineError:
        return refusal(answer, reply, clean=self.wire.clean)

    def _patience_with(self, reply: Reply) -> float:
        return self.missing_seconds if reply.items else self.settling_seconds

    def _pauses(self) -> Iterator[float]:
        yield self.first_pause
        pause = self.shortest_pause
        while True:
            yield pause
            pause = min(pause * 1.5, self.longest_pause)

    async def _response(self, identity: str) -> tuple[Answer, Reply]:
        question = [{"taskType": "getResponse", "taskUUID": identity}]
        answer = await self.wire.post(self.wire.url(API), repeat=True, json=question)
        return answer, read(answer.maybe_json(), identity)

    async def _asked(self, identity: str) -> Reply | None:
        """What is known of the task; None where it has to be asked again later."""
        answer, reply = await self._response(identity)
        error = self._refused(answer, reply)
        if not answer.ok and not reply.items and isinstance(error, AccessRefused):
            raise error
        if reply.items or reply.failed or reply.gone:
            return reply
        if isinstance(error, RateLimited):
            return None
        if answer.ok and not reply.other:
            raise answer.unreadable("it does not name the task")
        # That the question was refused says nothing of the job.
        raise OutOfReach(f"Runware answered {answer.status}.", cause=error.cause)

    async def _wanted(self, identity: str) -> int | None:
        """How many results were asked for, as Runware remembers it: for a job that was found again."""
        question = [{"taskType": "getTaskDetails", "taskUUID": identity}]
        try:
            answer = await self.wire.post(self.wire.url(API), repeat=True, json=question, tries=2)
        except EngineError:
            return None
        for item in read(answer.maybe_json(), identity).items:
            tasks = item.get("request")
            for task in tasks if isinstance(tasks, list) else [tasks]:
                if isinstance(task, dict) and task.get("taskUUID", identity) == identity:
                    return _whole(task.get("numberResults", 1))
        return None

    async def _fresh_address(self, output: Output) -> str | None:
        identity = str(output.facts.get("id", ""))
        if not identity:
            return None
        _, reply = await self._response(identity)
        for found in outputs(identity, reply.done):
            name = found.facts.get("videoUUID")
            same = name == output.facts.get("videoUUID") and (name or found.number == output.number)
            if same and found.address != output.address:
                return found.address
        return None


def _may_come(reply: Reply, *, seen: bool, wanted: int | None) -> bool:
    """Whether more of the task may still show: all of it just after the submit, or results that are missing."""
    if not reply.items and not reply.own:
        return not seen
    if reply.gone:
        return not seen
    if reply.failed and not reply.done:
        return False
    return len(reply.done) + len(reply.failed) < (wanted or 1)


def _cause(reply: Reply, clean: Any) -> str | None:
    return next((trouble.said(clean) for trouble in (*reply.own, *reply.other)), None)


def _whole(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None
