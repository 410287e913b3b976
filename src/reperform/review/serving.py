"""The review as an object: a server in a thread of its own on a loopback port, gone when it is closed."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from reperform.errors import SettingsError
from reperform.files import write_atomically
from reperform.ledger.ledger import Ledger
from reperform.ledger.projects import find as find_project
from reperform.review import addresses, app
from reperform.review.asking import Asking
from reperform.review.board import Board
from reperform.review.guarding import Door
from reperform.review.scene import refuse_without_takes
from reperform.review.showing import Showing
from reperform.review.watching import Hub, Watch
from reperform.serving import PATIENCE, Server

if TYPE_CHECKING:
    from reperform.settings import Settings

__all__ = ["Review"]


class Review:
    """The review of one timeline. Use it with `with`."""

    def __init__(
        self, out: Path, settings: Settings, *, port: int = 0, host: str = "127.0.0.1", password: str | None = None
    ) -> None:
        """`port` 0 takes the one of the last time, else a free one. A `host` that is not loopback needs a `password`.

        Raises:
            InputError: there is nothing to review.
            SettingsError: the port is taken; a host without a password.

        """
        self.out = out.absolute()
        self.settings = settings
        self.password = password
        self._host, self._port = host, port
        if password is None and not addresses.is_loopback(host):
            raise SettingsError(
                f"the page would be open to everybody who reaches {host}",
                fix="Give a password with --host, or leave it out.",
            )
        self.project = find_project(self.out, settings.project)
        self.ledger = self._opened()
        try:
            self.board = Board(self.out, project=self.project, settings=settings, ledger=self.ledger)
            self._kept = self._keeping()
            self._state = self._known()
            name = hashlib.sha256(str(self.out).encode()).hexdigest()[:10]
            self.door = Door(name, known=self._state.get("keys", ()))
            self.showing = Showing(self.board, told=self._told)
            self.hub = Hub()
            self.watch = Watch(self.board, self.showing, self.hub)
            self.asking = Asking(self.board, self.hub)
            self.hosts: Iterable[str] = ()
        except BaseException:
            self.ledger.close()
            raise

    @property
    def base_url(self) -> str:
        """Its origin, such as http://127.0.0.1:40123."""
        return f"http://{addresses.shown(self._host)}:{self._port}"

    def link(self) -> str:
        """A new address that lets one browser in, once; with a password, where that is asked for."""
        if self.password is not None:
            return f"{self.base_url}/login"
        return f"{self.base_url}/open/{self.door.token()}"

    def new_key(self) -> str:
        """A key for a browser that is let in; a server that is started again knows it still."""
        key = self.door.key()
        self._keep()
        return key

    def start(self) -> Self:
        """Listens. Raises SettingsError where the port is taken."""
        self._socket = self._bound()
        self._port = self._socket.getsockname()[1]
        self.hosts = addresses.hosts(self._host, self._port)
        self._keep()
        self._server = Server(app.build(self))
        self._thread = threading.Thread(target=self._run, name="review", daemon=True)
        self._thread.start()
        self.watch.start()
        if not self._server.ready.wait(PATIENCE):
            raise SettingsError("the review page did not start")
        return self

    def wait(self) -> None:
        """Until it is stopped."""
        while self._thread.is_alive():
            self._thread.join(0.5)

    def stop(self) -> None:
        """Stops; what was decided is in the ledger already."""
        self.watch.stop()
        self.showing.work.stop()
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._socket.close()
        self.ledger.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _opened(self) -> Ledger:
        """The project's ledger. Where there is none it is made only for a timeline that holds takes: looking makes no folder."""
        ledger = Ledger.existing(self.project, self.settings.ledger)
        if ledger is not None:
            return ledger
        refuse_without_takes(self.out)
        return Ledger.open(self.project, self.settings.ledger)

    def _told(self, whose: str) -> None:
        """A proxy is ready."""
        if whose.startswith("clip/"):
            self.hub.tell({"kind": "clip", "index": int(whose[5:])})
        else:
            self.watch.tell_shots(self.board.renew([whose]))

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def _bound(self) -> socket.socket:
        """The port that is asked for; else that of the last time, so that pages that are open find their server again."""
        wanted = [self._port] if self._port else [int(self._state.get("port", 0)), 0]
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        for port in wanted:
            bound = socket.socket(family, socket.SOCK_STREAM)
            try:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                bound.bind((self._host, port))
            except OSError:
                bound.close()
                continue
            return bound
        raise SettingsError(
            f"“{self._host}” port {self._port or 'any'} cannot be listened on",
            fix="Leave --port out for a free one; --host takes an address of this machine.",
        )

    def _keeping(self) -> Path:
        name = hashlib.sha256(str(self.out).encode()).hexdigest()[:10]
        return (self.ledger.layout.private or self.project) / "review" / f"server-{name}.json"

    def _known(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            found = json.loads(self._kept.read_text(encoding="utf-8"))
            if isinstance(found, dict) and isinstance(found.get("keys"), list) and isinstance(found.get("port"), int):
                return found
        return {"port": 0, "keys": []}

    def _keep(self) -> None:
        """Digests of the keys, for the next server: a page that is open goes on with it."""
        self._kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(self._kept, json.dumps({"port": self._port, "keys": self.door.digests[-50:]}).encode())
