"""Runware: `POST /v1` with an array of tasks, each answered by its type."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reperform.emulator import data_urls, jobs, runware_bodies, runware_orders, webhooks
from reperform.emulator.answering import answered, json_body, origin, route, skew_of
from reperform.emulator.runware_words import DIALECT, envelope, error, trouble_said
from reperform.emulator.works import Work
from reperform.emulator.world import World

__all__ = ["routes"]

Task = dict[str, Any]
Told = tuple[list[Task], list[Task], int]
"""What goes into `data`, what into `errors`, and the status where there are only errors."""

_PHASES = {
    "videoInference": "submit",
    "getResponse": "poll",
    "getTaskDetails": "reconcile",
    "mediaStorage": "upload",
    "accountManagement": "account",
}


def routes(world: World) -> list[Route]:
    """One."""
    return [route(world, "POST", "/v1", _post)]


async def _post(world: World, request: Request) -> Response:
    body = await json_body(request)
    tasks = [task for task in body if isinstance(task, dict)] if isinstance(body, list) else []
    if tasks and tasks[0].get("taskType") == "authentication":
        request.scope["emulator.key"] = tasks.pop(0).get("apiKey", "")
    phase = next((_PHASES.get(str(task.get("taskType")), "other") for task in tasks), "other")

    async def act() -> Response:
        if not tasks or len(tasks) < len(body) - ("emulator.key" in request.scope):
            return envelope([], [error("invalidPayload", "The body must be an array of tasks.", "body")], 400)
        told = [await _told(world, request, task) for task in tasks]
        data = [item for items, _, _ in told for item in items]
        errors = [item for _, items, _ in told for item in items]
        return envelope(data, errors, max(status for _, _, status in told))

    return await answered(world, request, dialect=DIALECT, phase=phase, act=act)


async def _told(world: World, request: Request, task: Task) -> Told:
    kind = task.get("taskType")
    act = _ACTS.get(kind) if isinstance(kind, str) else None
    if act is None:
        return [], [error("invalidTaskType", "Unknown task type.", "taskType", task)], 400
    return await act(world, request, task)


async def _infer(world: World, request: Request, task: Task) -> Told:
    model = task.get("model")
    table = runware_bodies.MODELS.get(model) if isinstance(model, str) else None
    if table is None:
        code = "missingModel" if model is None else "invalidModel"
        return [], [error(code, "The model is not known.", "model", task)], 400
    problems = runware_bodies.errors_in(task, table) or runware_bodies.rules_broken(task)
    if problems:
        return [], [{**problem, **_of(task)} for problem in problems], 400
    if request.headers.get("x-runware-dry-run") == "1":
        return runware_orders.priced(world, task)
    if ("runware", task["taskUUID"]) in world.works:
        return [], [error("conflictTaskUUID", "This taskUUID was already used.", "taskUUID", task)], 400
    if world.faults.take("runware", ("submit",), ("content_block", "rejected")):
        return [], [error("contentPolicyViolation", "The content is not allowed.", "inputs.video", task)], 400
    if world.full("runware"):
        return [], [error("concurrentRateLimitExceeded", "Too many concurrent tasks.", "", task)], 429
    world.accept(_work(world, request, task))
    return [_of(task)], [], 200


def _of(task: Task) -> Task:
    return {name: task[name] for name in ("taskType", "taskUUID") if name in task}


def _work(world: World, request: Request, task: Task) -> Work:
    here = origin(request)

    async def end(work: Work) -> None:
        for item in _items(world, here, work):
            if task.get("webhookURL"):
                await webhooks.send(world, "POST", task["webhookURL"], bytes(JSONResponse(item).body), {})
        for stored in work.stored if work.state == "succeeded" else []:
            if task.get("uploadEndpoint"):
                await webhooks.put_result(world, task["uploadEndpoint"], stored.path, stored.content_type)

    return Work(
        engine="runware",
        model=task["model"],
        identity=task["taskUUID"],
        request=task["taskUUID"],
        results=task.get("numberResults", 1),
        created_at=world.now() + skew_of(request),
        make=lambda: runware_orders.order(world, task),
        body=task,
        end=end,
    )


def _items(world: World, here: str, work: Work) -> list[Task]:
    """What getResponse says of a task, and what its webhook is sent."""
    known: Task = {"taskType": "videoInference", "taskUUID": work.identity}
    if not work.over:
        return [{**known, "status": "processing", "progress": 50 if work.state == "running" else 0}]
    if work.state != "succeeded":
        code, message = trouble_said(work.trouble)
        return [{**known, "status": "error", "error": {"code": code, "message": message}}]
    return [_success(world, here, work, number) | known for number in range(work.results)]


def _success(world: World, here: str, work: Work, number: int) -> Task:
    item: Task = {
        "status": "success",
        "videoUUID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{work.identity}/{number}")),
        "videoURL": world.store.address(here, work.stored[number]),
        "seed": int.from_bytes(f"{work.identity}{number}".encode()[-4:], "big"),
    }
    if work.results > 1:
        item["resultIndex"] = number
    if work.body.get("includeCost"):
        item["cost"] = round(work.usd / work.results, 6)
    safety = work.body.get("safety", {})
    if safety.get("checkContent") or safety.get("mode", "none") != "none":
        item["NSFWContent"] = False
    return item


def _found(world: World, request: Request, task: Task) -> Work | None:
    identity = task.get("taskUUID")
    return jobs.found(world, request, "runware", identity) if isinstance(identity, str) else None


async def _respond(world: World, request: Request, task: Task) -> Told:
    work = _found(world, request, task)
    if work is None:
        return [], [error("taskFailedOrNotFound", "The task is not known.", "taskUUID", task)], 404
    return _items(world, origin(request), work), [], 200


async def _details(world: World, request: Request, task: Task) -> Told:
    work = _found(world, request, task)
    if work is None:
        return [], [error("taskFailedOrNotFound", "The task is not known.", "taskUUID", task)], 404
    items = _items(world, origin(request), work)
    return [{**_of(task), "request": [work.body], "response": {"data": items}}], [], 200


async def _store(world: World, request: Request, task: Task) -> Told:
    problems = runware_bodies.errors_in(task, runware_bodies.STORAGE)
    if problems:
        return [], [{**problem, **_of(task)} for problem in problems], 400
    if task["operation"] == "delete":
        return _delete(world, task)
    stored = world.store.at(task["media"], world.origins)
    if stored is None:
        read = data_urls.decoded(task["media"], bare=True)
        if read is None:
            return [], [error("invalidMedia", "The media cannot be read.", "media", task)], 400
        stored = data_urls.keep(world, "runware", *read, signed=True)
    stored.asset_id = stored.asset_id or str(uuid.uuid4())
    address = world.store.address(origin(request), stored)
    return [{**_of(task), "operation": "upload", "mediaUUID": stored.asset_id, "mediaURL": address}], [], 200


def _delete(world: World, task: Task) -> Told:
    stored = world.store.by_asset(task["media"])
    if stored is None or stored.gone:
        return [], [error("mediaNotFound", "The media are not known.", "media", task)], 404
    stored.gone = True
    return [{**_of(task), "operation": "delete", "mediaUUID": stored.asset_id}], [], 200


async def _account(world: World, request: Request, task: Task) -> Told:  # noqa: ARG001 - as all acts
    spent = sum(bill.usd for bill in world.billed if bill.engine == "runware")
    return [{**_of(task), "balance": round(100 - spent, 6), "organizationUUID": secrets.token_hex(8)}], [], 200


async def _ping(world: World, request: Request, task: Task) -> Told:  # noqa: ARG001 - as all acts
    return [{"taskType": "ping", "pong": True}], [], 200


_ACTS: dict[str, Callable[[World, Request, Task], Awaitable[Told]]] = {
    "videoInference": _infer,
    "getResponse": _respond,
    "getTaskDetails": _details,
    "mediaStorage": _store,
    "accountManagement": _account,
    "ping": _ping,
}
