"""What a job would cost at Sync: by its length, or by its media as the SDK asks."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reperform.emulator import fields, sync_bodies, sync_orders
from reperform.emulator.answering import answered, json_body, route
from reperform.emulator.sync_words import DIALECT, bad, refuse, trouble_said
from reperform.emulator.works import Trouble
from reperform.emulator.world import World

__all__ = ["routes"]


def routes(world: World) -> list[Route]:
    """Today's way, its other name, and the older one."""
    return [
        route(world, "POST", "/v2/generate/estimate-cost", _estimate),
        route(world, "POST", "/v2/generations/estimate", _estimate),
        route(world, "POST", "/v2/analyze/cost", _legacy_estimate),
    ]


async def _estimate(world: World, request: Request) -> Response:
    async def act() -> Response:
        body = await json_body(request)
        findings = fields.check(body, sync_bodies.ESTIMATE)
        if findings:
            return bad(sync_bodies.messages(findings))
        frames = round(body["duration"] * body.get("fps", 30))
        cost = round(frames * world.conduct.price("sync", body["model"]) / 25, 6)
        return JSONResponse({"estimatedFrameCount": frames, "estimatedGenerationCost": cost, "estimatedCredits": None})

    return await answered(world, request, dialect=DIALECT, phase="estimate", act=act)


async def _legacy_estimate(world: World, request: Request) -> Response:
    async def act() -> Response:
        body = await json_body(request)
        findings = fields.check(body, sync_bodies.LEGACY_ESTIMATE)
        if findings:
            return bad(sync_bodies.messages(findings))
        order = await asyncio.to_thread(sync_orders.order, world, body)
        if isinstance(order, Trouble):
            code, message = trouble_said(order)
            return refuse(422, code, message)
        frames = await asyncio.to_thread(sync_orders.frames, order)
        cost = round(frames * world.conduct.price("sync", body["model"]) / 25, 6)
        return JSONResponse([{"estimatedFrameCount": frames, "estimatedGenerationCost": cost}])

    return await answered(world, request, dialect=DIALECT, phase="estimate", act=act)
