"""The emulator as an object: a server in a thread of its own, on a free loopback port, gone when it is closed."""

from __future__ import annotations

import asyncio
import secrets
import socket
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio.to_thread

from reperform.emulator import app, stranger
from reperform.emulator.billing import Bill
from reperform.emulator.conduct import Conduct
from reperform.emulator.faults import Fault
from reperform.emulator.world import Leak, Seen, World, new_keys
from reperform.errors import SettingsError
from reperform.serving import PATIENCE, Server

__all__ = ["ENVIRONMENT", "Emulator"]

ENVIRONMENT = {
    "sync": "SYNC_API_KEY",
    "runware": "RUNWARE_API_KEY",
    "segmind": "SEGMIND_API_KEY",
    "fal": "FAL_KEY",
}
"""Where clients look for the keys."""


class Emulator:
    """All five contracts on one port. Use it with `with` or `async with`; what it says may be read from any thread."""

    def __init__(
        self,
        *,
        port: int = 0,
        conduct: Conduct | None = None,
        faults: Sequence[Fault] = (),
        keys: Mapping[str, str] | None = None,
    ) -> None:
        """`port` 0 takes a free one. `keys` are engine to key, over those that are made."""
        self._port = port
        self._conduct = conduct or Conduct()
        self._first_faults = tuple(faults)
        self._keys = new_keys(keys or {})
        self._world: World | None = None

    @property
    def base_url(self) -> str:
        """Its origin, such as http://127.0.0.1:40123."""
        return self.world.origins[0]

    @property
    def world(self) -> World:
        """Its state. Raises SettingsError while it is not running."""
        if self._world is None:
            raise SettingsError("the emulator is not running")
        return self._world

    @property
    def billed(self) -> list[Bill]:
        """What was charged so far."""
        return list(self.world.billed)

    @property
    def requests(self) -> list[Seen]:
        """What was asked so far."""
        return list(self.world.seen)

    @property
    def leaks(self) -> list[Leak]:
        """Keys that came where none belongs."""
        return list(self.world.leaks)

    @property
    def token(self) -> str:
        """Of the control endpoint."""
        return self.world.token

    @property
    def environment(self) -> dict[str, str]:
        """The keys under the names that clients look for."""
        return {ENVIRONMENT[engine]: key for engine, key in self._keys.items()}

    def key(self, engine: str) -> str:
        """An engine's key."""
        return self._keys[engine]

    def fault(
        self, engine: str, phase: str, kind: str, times: int | None = 1, *, after: int = 0, value: str | None = None
    ) -> None:
        """Something goes wrong, `times` times (None: always), once `after` such requests have passed."""
        self.world.faults.add(Fault(engine=engine, phase=phase, kind=kind, times=times, after=after, value=value))

    def clear_faults(self) -> None:
        """Nothing goes wrong any more."""
        self.world.faults.clear()

    def advance(self, seconds: float) -> None:
        """Its clock goes forward: records and addresses grow old."""
        self.world.ahead += seconds

    def secrets(self) -> list[str]:
        """Everything that must not be found in a log, a file or a message: keys, signatures, tokens."""
        return self.world.secrets()

    def start(self) -> Self:
        """Listens. Raises SettingsError where the port is taken."""
        self._folder = tempfile.TemporaryDirectory(prefix="reperform-emulator-")
        self._socket = self._bound()
        port = self._socket.getsockname()[1]
        origins = (f"http://127.0.0.1:{port}", f"http://localhost:{port}")
        self._world = World(
            conduct=self._conduct,
            folder=Path(self._folder.name),
            keys=self._keys,
            token=secrets.token_urlsafe(24),
            webhook_secret=f"whsec_{secrets.token_hex(24)}",
            origins=origins,
        )
        for fault in self._first_faults:
            self._world.faults.add(fault)
        self._server = Server(app.build(self._world), h11_max_incomplete_event_size=1 << 20)
        self._thread = threading.Thread(target=self._run, name="emulator", daemon=True)
        self._thread.start()
        if not self._server.ready.wait(PATIENCE):
            raise SettingsError("the emulator did not start")
        return self

    def _bound(self) -> socket.socket:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(("127.0.0.1", self._port))
        except OSError as error:
            bound.close()
            self._folder.cleanup()
            raise SettingsError(f"port {self._port} is taken", fix="Use --port 0 for a free one.") from error
        return bound

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        other = await stranger.listen(self.world)
        async with other:
            await self._server.serve(sockets=[self._socket])

    def stop(self) -> None:
        """Stops, and removes everything it kept."""
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._socket.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await anyio.to_thread.run_sync(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self.stop)
