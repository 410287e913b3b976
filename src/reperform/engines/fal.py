"""fal: Sync's react-1 through the queue at `https://queue.fal.run/fal-ai/sync-lipsync/react-1`, followed until it is done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

import anyio

from reperform.engines._answers import Answer, moment
from reperform.engines._fal_answers import (
    Failure,
    cost,
    dollars_for,
    entries,
    failure,
    refusal,
    result,
    state_said,
    still_running,
    unit_price,
)
from reperform.engines._fal_request import FalRequests
from reperform.engines._fal_storage import Storage, stored_name, tells_names
from reperform.engines._hosted import looked_for
from reperform.engines.base import Finished, JobOrder, Output, Prepared, Progress, Submitted
from reperform.errors import (
    AccessRefused,
    EngineError,
    Expired,
    JobFailed,
    JobStopped,
    OutOfReach,
    RateLimited,
    Rejected,
    SubmissionUnknown,
)

__all__ = ["FalEngine"]

_QUEUE = "https://queue.fal.run"
_PLATFORM = "https://api.fal.ai/v1/models"
_SERVER_ERRORS = range(500, 600)
_PUBLISHED = (10 / 60, "seconds")
"""US dollars a unit of what fal bills, where its list of prices cannot be had."""
_CLOCKS_DIFFER = timedelta(minutes=15)
_PAGES = 50


class FalEngine(FalRequests):
    """fal, with Sync's react-1."""

    reconciles: ClassVar[bool] = True
    cancels: ClassVar[bool] = True
    poll_seconds: float = 1.5
    """Between two questions."""
    stopping_seconds: float = 30.0
    """How long it is looked whether a job stops that was asked to."""

    def __init__(self) -> None:
        self._sent: dict[str, str] = {}
        """The video's address, by the attempt that named it in this run."""

    def authentication(self, key: str) -> dict[str, str]:
        """fal's own scheme."""
        return {"Authorization": f"Key {key}"}

    async def upload(self, prepared: Prepared, order: JobOrder, progress: Progress) -> dict[str, str]:  # noqa: ARG002
        """Each file to fal's CDN, under the attempt's name, so that its job can be told by it."""
        files = {"video": prepared.video} | ({"audio": prepared.audio} if prepared.audio else {})
        storage = await Storage.opened(self.wire)
        return {kind: await storage.keep(kind, file, prepared.attempt_id, progress) for kind, file in files.items()}

    async def submit(self, prepared: Prepared, order: JobOrder, addresses: dict[str, str]) -> Submitted:
        """One POST to the queue, once: it knows no identity of ours."""
        whole = self.unredacted(order)
        query, headers = self.beside(whole)
        body = self.request(whole, video=addresses["video"], audio=addresses.get("audio"), identity=prepared.attempt_id)
        self._sent[prepared.attempt_id] = addresses["video"]
        answer = await self.wire.post(
            self.wire.url(f"{_QUEUE}/{order.model}{'?' if query else ''}{urlencode(query)}"),
            repeat=False,
            headers=headers,
            json=body,
            json_expected=False,
        )
        if not answer.ok:
            raise refusal(answer, submit=True, clean=self.wire.clean)
        return Submitted(remote_id=answer.need("request_id", kind=str), addresses=self._own(answer.json()))

    async def wait(self, submitted: Submitted, progress: Progress) -> Finished:
        """Until it is done; what the model logs is shown meanwhile."""
        address = _with_logs(self._address(submitted, "status"))
        while True:
            answer = await looked_for(partial(self.wire.get, address), pause=self.poll_seconds)
            if answer.status == 404:
                return await self._remembered(submitted)
            body = self._read(answer)
            if str(body.get("status", "")).upper() != "COMPLETED":
                progress(state_said(body, clean=self.wire.clean), None)
            elif finished := await self._finished(submitted, body):
                return finished
            await anyio.sleep(self.poll_seconds)

    async def fetch(self, output: Output, into: Path) -> None:
        """Download it. Results lie at public addresses, for a week at least."""
        await self.wire.download(output.address, into)

    async def reconcile(self, identity: str, *, sent_at: datetime) -> Submitted | None:
        """Looks in the account's list of requests for one whose video is this attempt's.

        Raises:
            SubmissionUnknown: the list cannot be had, or does not say what a request of that time was sent.
            AccessRefused: the key is not accepted.

        """
        since = (sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)) - _CLOCKS_DIFFER
        try:
            return await self._found(identity, since)
        except (AccessRefused, SubmissionUnknown):
            raise
        except EngineError as error:
            raise _unknown(identity, error) from None

    async def cancel(self, submitted: Submitted) -> bool:
        """Asks the queue to let go of it, and looks whether it did: a job that runs may go on to its end, and is billed then."""
        answer = await self.wire.put(self._address(submitted, "cancel"), repeat=True)
        if answer.ok or answer.status in (400, 404):  # over, or unknown; perhaps by an earlier answer that was lost
            return await self._has_stopped(submitted)
        raise refusal(answer, submit=False, clean=self.wire.clean)

    async def estimate(self, order: JobOrder, *, addresses: Mapping[str, str] | None = None) -> float | None:  # noqa: ARG002
        """By fal's price of today, and the length. None where it does not say."""
        price = await self._price(order.model)
        return None if price is None else dollars_for(float(order.seconds), price)

    async def _has_stopped(self, submitted: Submitted) -> bool:
        """Whether it ended without a result because it was cancelled. What fal does not say for certain is no."""
        with (
            suppress(Expired, OutOfReach, RateLimited, Rejected, JobFailed),
            anyio.move_on_after(self.stopping_seconds),
        ):
            try:
                await self.wait(submitted, lambda *_: None)
            except JobStopped:
                return True
        return False

    def _own(self, body: Any) -> dict[str, str]:
        """The addresses that came back, those at fal's own hosts only; the others are made of the request's id."""
        names = {"status": "status_url", "response": "response_url", "cancel": "cancel_url"}
        given = {name: body.get(field) for name, field in names.items()}
        return {name: url for name, url in given.items() if isinstance(url, str) and self.wire.owns(url)}

    def _address(self, submitted: Submitted, name: str) -> str:
        given = submitted.addresses.get(name)
        if given and self.wire.owns(given):
            return given
        app = "/".join(self.table[0].model.split("/")[:2])  # the queue drops what follows the app's name
        record = f"{_QUEUE}/{app}/requests/{quote(submitted.remote_id, safe='')}"
        return self.wire.url(record if name == "response" else f"{record}/{name}")

    def _read(self, answer: Answer) -> Mapping[str, Any]:
        if not answer.ok:
            error = refusal(answer, submit=False, clean=self.wire.clean)
            if isinstance(error, AccessRefused):
                raise error
            # That the question was refused says nothing of the job.
            raise OutOfReach(f"fal answered {answer.status}.", cause=error.cause)
        body = answer.json()
        if not isinstance(body, Mapping) or not isinstance(body.get("status"), str):
            raise answer.unreadable("it is no state of a request")
        return body

    async def _finished(self, submitted: Submitted, state: Mapping[str, Any]) -> Finished | None:
        """The result; None where fal still has to put it there."""
        failed = bool(state.get("error") or state.get("error_type"))
        ask = partial(
            self.wire.get,
            self._address(submitted, "response"),
            accept=_SERVER_ERRORS if failed else (),
            json_expected=not failed,
        )
        answer = await looked_for(ask, pause=self.poll_seconds)
        if answer.status in (401, 403):
            raise refusal(answer, submit=False, clean=self.wire.clean)
        if failed and not (answer.ok and result(answer.maybe_json())):
            raise failure(state, answer, clean=self.wire.clean)
        if answer.status == 404:
            return await self._remembered(submitted)
        if still_running(answer):
            return None
        if answer.status == 422:
            raise failure({}, answer, clean=self.wire.clean)
        if not answer.ok:
            raise OutOfReach(f"fal answered {answer.status}.")
        return await self._kept(answer.json(), answer)

    async def _kept(self, body: Any, answer: Answer | None) -> Finished:
        found = result(body)
        if found is None:
            raise OutOfReach("fal says that the job is done, and not yet where its result is.")
        address, facts = found
        units = answer.headers.get("x-fal-billable-units") if answer else None
        price = await self._price(self.table[0].model) if units else None
        stated = cost(units, facts, price or _PUBLISHED)
        return Finished(outputs=(Output(number=0, address=address, facts=facts),), cost_usd=stated)

    async def _remembered(self, submitted: Submitted) -> Finished:
        """The queue forgets in minutes; the account's list of requests may still know what came of one.

        Raises:
            Expired: it does not.
            EngineError: the list knows that it failed.

        """
        gone = Expired("fal no longer has this job, or its result.")
        with suppress(OutOfReach, RateLimited, AccessRefused, SubmissionUnknown):
            async for entry in self._listed({"request_id": submitted.remote_id}):
                if entry.get("request_id") == submitted.remote_id:
                    body = entry.get("json_output")
                    if result(body):
                        return await self._kept(body, None)
                    raise failure({}, Failure(entry.get("status_code"), body), clean=self.wire.clean, otherwise=gone)
        raise gone

    async def _price(self, model: str) -> tuple[float, str] | None:
        """US dollars and their unit. Never worth delaying a result for."""
        with suppress(EngineError), anyio.move_on_after(15):
            address = self.wire.url(f"{_PLATFORM}/pricing?{urlencode({'endpoint_id': model})}")
            answer = await self.wire.get(address, tries=2)
            return unit_price(answer.maybe_json(), model) if answer.ok else None
        return None

    async def _found(self, identity: str, since: datetime) -> Submitted | None:
        unsaid = 0
        async for entry in self._listed({"start": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}):
            made = moment(entry.get("sent_at") or entry.get("created_at"))
            if not entry.get("request_id") or (made is not None and made < since):
                continue
            sent = entry.get("json_input")
            address = sent.get("video_url") if isinstance(sent, Mapping) else None
            if not isinstance(address, str):
                unsaid += 1
            elif address == self._sent.get(identity) or stored_name(identity) in address:
                return Submitted(remote_id=str(entry["request_id"]))
            elif identity not in self._sent and not tells_names(address):
                unsaid += 1
        if unsaid:
            raise SubmissionUnknown(f"fal's list of requests does not say whether one of them is {identity}.")
        return None

    async def _listed(self, asked: Mapping[str, str]) -> AsyncIterator[Mapping[str, Any]]:
        cursor: str | None = None
        for _ in range(_PAGES):
            query = {"endpoint_id": self.table[0].model, "limit": "100", "expand": "payloads", **asked}
            query |= {"cursor": cursor} if cursor else {}
            answer = await self.wire.get(self.wire.url(f"{_PLATFORM}/requests/by-endpoint?{urlencode(query)}"))
            if answer.status == 401:
                raise refusal(answer, submit=False, clean=self.wire.clean)
            if not answer.ok:
                raise OutOfReach(f"fal's list of requests cannot be read ({answer.status}).")
            try:
                page, cursor = entries(answer.json())
            except ValueError:
                raise answer.unreadable("it is no list of requests") from None
            for entry in page:
                yield entry
            if not cursor:
                return
        raise SubmissionUnknown("fal's list of requests is too long to be looked through.")


def _with_logs(address: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}logs=1"


def _unknown(identity: str, error: EngineError) -> SubmissionUnknown:
    return SubmissionUnknown(
        f"fal cannot be asked whether {identity} arrived.",
        cause=error.cause or error.message,
        fix="The list of requests may need a key with more rights than performing does.",
    )
