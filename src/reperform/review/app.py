"""The page's server as an ASGI application."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from reperform.review import deciding, saving
from reperform.review.answers import as_json, body_of, handlers, made_file, off, own_file, template, text_of
from reperform.review.cutting import encoded
from reperform.review.guarding import Guard, refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from reperform.ledger.records import Decision
    from reperform.review.board import Board
    from reperform.review.serving import Review

__all__ = ["build"]


_PATIENCE = 1.5
"""Seconds that a request for a file waits for it to be made."""
_AFTER_A_WRONG_ONE = 1.0
"""Seconds until another password is looked at."""


def build(review: Review) -> ASGIApp:
    """The application behind its guard."""
    pages = _Pages(review)
    routes = [
        Route("/", pages.page),
        Route("/open/{token}", pages.open),
        Route("/login", pages.login, methods=["GET", "POST"]),
        Route("/static/{name:path}", pages.static),
        Route("/api/cut", pages.cut),
        Route("/api/shots/{shot:path}", pages.shot),
        Route("/events", pages.events),
        Route("/media/clip/{index:int}.mp4", pages.clip_video),
        Route("/thumb/clip/{index:int}.jpg", pages.clip_still),
        Route("/sound/clip/{index:int}.wav", pages.clip_sound),
        Route("/wave/clip/{index:int}.json", pages.clip_wave),
        Route("/media/{shot:path}/{version}.mp4", pages.video),
        Route("/thumb/{shot:path}/{version}.jpg", pages.still),
        Route("/sound/{shot:path}/{version}.wav", pages.sound),
        Route("/wave/{shot:path}/{version}.json", pages.wave),
        Route("/api/decide", pages.decide, methods=["POST"]),
        Route("/api/undo", pages.undo, methods=["POST"]),
        Route("/api/redo", pages.redo, methods=["POST"]),
        Route("/api/save", pages.save, methods=["POST"]),
        Route("/api/read", pages.read, methods=["POST"]),
        Route("/api/ask", pages.ask, methods=["POST"]),
        Route("/api/ask/{id}/yes", pages.agree, methods=["POST"]),
        Route("/api/ask/{id}", pages.withdraw, methods=["DELETE"]),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers=handlers(),
    )
    return Guard(app, door=review.door, hosts=review.hosts, login="/login" if review.password is not None else None)


class _Pages:
    def __init__(self, review: Review) -> None:
        self._review = review
        self._board = review.board
        self._trying = anyio.Lock()

    @property
    def _name(self) -> str:
        return self._board.scene.cut.name or self._review.out.stem

    def page(self, _: Request) -> Response:
        return template("page.html", name=self._name)

    def open(self, request: Request) -> Response:
        review = self._review
        if review.door.knows(request.cookies.get(review.door.cookie)):
            return RedirectResponse("/", 303)
        if request.method == "HEAD":
            return Response()
        if review.password is not None or not review.door.open(request.path_params["token"]):
            return refusal(
                403, "this link has been used, or is not of this server", "Run `reperform review` again for a new one."
            )
        return self._let_in()

    async def login(self, request: Request) -> Response:
        password = self._review.password
        if password is None:
            raise HTTPException(404)
        if request.method != "POST":
            return template("login.html", name=self._name, wrong=False)
        given = parse_qs((await text_of(request)).decode("utf-8", "replace"), keep_blank_values=True).get(
            "password", [""]
        )
        async with self._trying:
            if hmac.compare_digest(given[0].encode(), password.encode()):
                return self._let_in()
            await anyio.sleep(_AFTER_A_WRONG_ONE)
        return template("login.html", 403, name=self._name, wrong=True)

    def _let_in(self) -> Response:
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._review.door.cookie, self._review.new_key(), httponly=True, samesite="strict", path="/")
        return answer

    def static(self, request: Request) -> Response:
        return own_file(request.path_params["name"])

    def cut(self, _: Request) -> Response:
        return as_json(self._board.cut_bytes())

    def shot(self, request: Request) -> Response:
        return as_json(self._board.shot_bytes(request.path_params["shot"]))

    async def events(self, _: Request) -> Response:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._review.hub.listen(), media_type="text/event-stream", headers=headers)

    def clip_video(self, request: Request) -> Response:
        index = request.path_params["index"]
        return made_file(lambda: self._review.showing.clip_video(index, patience=_PATIENCE), "video/mp4")

    def clip_still(self, request: Request) -> Response:
        index, frame = request.path_params["index"], _frame(request)
        return made_file(lambda: self._review.showing.clip_still(index, frame, patience=_PATIENCE * 4), "image/jpeg")

    def clip_sound(self, request: Request) -> Response:
        index = request.path_params["index"]
        return made_file(lambda: self._review.showing.clip_sound(index, patience=_PATIENCE), "audio/wav")

    def clip_wave(self, request: Request) -> Response:
        index = request.path_params["index"]
        return made_file(lambda: self._review.showing.clip_wave(index, patience=_PATIENCE), "application/json")

    def video(self, request: Request) -> Response:
        return made_file(lambda: self._review.showing.video(*_place(request), patience=_PATIENCE), "video/mp4")

    def still(self, request: Request) -> Response:
        frame = _frame(request)
        return made_file(
            lambda: self._review.showing.still(*_place(request), frame, patience=_PATIENCE * 4), "image/jpeg"
        )

    def sound(self, request: Request) -> Response:
        return made_file(lambda: self._review.showing.sound(*_place(request), patience=_PATIENCE), "audio/wav")

    def wave(self, request: Request) -> Response:
        return made_file(lambda: self._review.showing.wave(*_place(request), patience=_PATIENCE), "application/json")

    async def decide(self, request: Request) -> Response:
        asked = await body_of(request)
        return await off(self._decide, asked)

    def _decide(self, asked: Mapping[str, Any]) -> Response:
        decision = deciding.decide(self._board, asked)
        return self._decided(decision.shot)

    def _decided(self, shot: str) -> Response:
        self._review.watch.look()
        return as_json(self._board.shot_bytes(shot))

    async def undo(self, _: Request) -> Response:
        return await off(self._undone, "undone", deciding.undo)

    async def redo(self, _: Request) -> Response:
        return await off(self._undone, "redone", deciding.redo)

    def _undone(self, word: str, change: Callable[[Board], Decision | None]) -> Response:
        decision = change(self._board)
        if decision is None:
            return as_json(encoded({word: None, "shot": None}))
        self._review.watch.look()
        shot = self._board.scene.shots.get(decision.shot)
        said = {word: deciding.words(self._board, decision), "shot": shot.id if shot else None}
        return as_json(encoded({**said, "version": decision.version}))

    async def save(self, _: Request) -> Response:
        return await off(self._save)

    def _save(self) -> Response:
        with self._review.watch.still():
            kept = saving.save(self._board)
            self._review.watch.read_again()
        self._review.watch.look()
        previous = None if kept.previous is None else str(kept.previous)
        return as_json(encoded({"path": str(kept.path), "previous": previous, "left": list(kept.left)}))

    async def read(self, _: Request) -> Response:
        await off(self._review.watch.read_again)
        return as_json(encoded({"revision": self._board.revision}))

    async def ask(self, request: Request) -> Response:
        asked = await body_of(request)
        return await off(lambda: as_json(encoded(self._review.asking.ask(asked))))

    async def agree(self, request: Request) -> Response:
        asked = request.path_params["id"]
        return await off(lambda: as_json(encoded(self._review.asking.agree(asked))))

    async def withdraw(self, request: Request) -> Response:
        self._review.asking.withdraw(request.path_params["id"])
        return as_json(encoded({}))


def _place(request: Request) -> tuple[str, str]:
    return request.path_params["shot"], request.path_params["version"]


def _frame(request: Request) -> int | None:
    text = request.query_params.get("frame", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
