"""A small real server that does as it is told: answers, holds, breaks off. It keeps every request that it read."""

from __future__ import annotations

import json
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any

from reperform.engines._http.wire import Wire
from reperform.engines._patience import Limits, Patience

KEY = "sk-do-not-show-me-0123456789"
QUICK = Patience(attempts=3, seconds=5, first_wait=0.01, longest_wait=0.02, longest_hint=1)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


Act = Callable[[Request, socket.socket], None]
"""What is done with one request that was read in full."""


@dataclass
class Served:
    """Acts are used up in order; the last one stays."""

    acts: list[Act]
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    read_body: bool = True
    port: int = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def next(self) -> Act:
        return self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]

    def wire(self, *, patience: Patience = QUICK, limits: Limits | None = None, base: str | None = None) -> Wire:
        return Wire(
            engine="fake",
            hosts=("api.fake.example",),
            base_url=base or self.base_url,
            headers={"x-api-key": KEY},
            patience=patience,
            limits=limits or Limits(read=1, answer=2),
        )


def answer(status: int = 200, body: Any = None, **headers: str) -> Act:
    """A complete answer; what is no bytes is sent as JSON. `_` in a header's name stands for `-`."""

    def act(_: Request, connection: socket.socket) -> None:
        content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        connection.sendall(head(status, len(content), **headers) + content)

    return act


def head(status: int, length: int | None, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *(f"{name.replace('_', '-')}: {text}" for name, text in headers.items())]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode()


def hang(_: Request, connection: socket.socket) -> None:
    """Read it, and say nothing until the other side gives up."""
    connection.settimeout(5)
    with suppress(OSError):
        connection.recv(1)
    hang_up(connection)


def hang_up(connection: socket.socket) -> None:
    """End the connection."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


def drop(_: Request, connection: socket.socket) -> None:
    """Read it, and hang up."""
    hang_up(connection)


def reset(_: Request, connection: socket.socket) -> None:
    """Read it, and break the connection hard."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ConnectionAbortedError


def raw(content: bytes) -> Act:
    """These bytes, and hang up."""

    def act(_: Request, connection: socket.socket) -> None:
        connection.sendall(content)
        hang_up(connection)

    return act


@contextmanager
def serving(*acts: Act, read_body: bool = True) -> Iterator[Served]:
    served = Served(list(acts or (answer(),)), read_body=read_body)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            served.connections += 1
            with suppress(OSError, ValueError):
                _talk(served, self.request)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        served.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield served
        finally:
            server.shutdown()


def _talk(served: Served, connection: socket.socket) -> None:
    with connection, connection.makefile("rb") as stream:
        while line := stream.readline():
            _one(served, line, stream, connection)


def _one(served: Served, line: bytes, stream: IO[bytes], connection: socket.socket) -> None:
    method, path, _ = line.decode().split(" ", 2)
    headers = {}
    while (text := stream.readline().decode().strip()) != "":
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0"))) if served.read_body else b""
    request = Request(method, path, headers, body)
    served.requests.append(request)
    served.next()(request, connection)
