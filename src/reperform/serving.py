"""A web server in a thread of its own: it says when it listens, and nothing else of itself."""

from __future__ import annotations

import socket
import threading
from typing import Any

import uvicorn

__all__ = ["PATIENCE", "Server"]

PATIENCE = 20.0
"""Seconds that starting and stopping may take."""


class Server(uvicorn.Server):
    """`ready` is set once it listens. Run it in a thread with the socket that it is to listen on."""

    def __init__(self, application: Any, **more: Any) -> None:
        """`more` are fields of uvicorn's configuration."""
        super().__init__(
            uvicorn.Config(
                application,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                date_header=False,
                server_header=False,
                timeout_graceful_shutdown=1,
                **more,
            )
        )
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn calls it."""
        await super().startup(sockets=sockets)
        self.ready.set()
