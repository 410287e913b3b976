"""What changes is told to every page that is open: out of the ledger, and out of the timeline's file."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reperform.errors import ReperformError
from reperform.review.cutting import encoded
from reperform.timeline.keeping import digest_of

if TYPE_CHECKING:
    from reperform.review.board import Board
    from reperform.review.showing import Showing

__all__ = ["Hub", "Watch"]

_SECONDS = 0.5
_ALIVE_SECONDS = 15.0
_MANY = 40
"""Shots of which each is told; of more, the page reads the whole cut."""
_log = logging.getLogger(__name__)


class Hub:
    """The pages that are open. `tell` may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: dict[asyncio.Queue[bytes], asyncio.AbstractEventLoop] = {}

    def tell(self, event: Mapping[str, Any]) -> None:
        """Says it to every page. One that does not listen any more is told to read all anew when it does."""
        said = b"data: " + encoded(event) + b"\n\n"
        with self._lock:
            for page, loop in self._pages.items():
                loop.call_soon_threadsafe(_put, page, said)

    async def listen(self) -> AsyncIterator[bytes]:
        """What is told from now on, as an event stream."""
        page: asyncio.Queue[bytes] = asyncio.Queue(maxsize=256)
        with self._lock:
            self._pages[page] = asyncio.get_running_loop()
        try:
            yield b"retry: 1000\n\n"
            while True:
                try:
                    yield await asyncio.wait_for(page.get(), _ALIVE_SECONDS)
                except TimeoutError:
                    yield b": still here\n\n"
        finally:
            with self._lock:
                del self._pages[page]


def _put(page: asyncio.Queue[bytes], said: bytes) -> None:
    if page.full():
        while not page.empty():
            page.get_nowait()
        said = b'data: {"kind":"cut"}\n\n'
    page.put_nowait(said)


class Watch:
    """Looks at the ledger and the file twice a second, in a thread of its own."""

    def __init__(self, board: Board, showing: Showing, hub: Hub) -> None:
        self._board, self._showing, self._hub = board, showing, hub
        self._stop = threading.Event()
        self._looking = threading.RLock()
        self._decision = board.ledger.decisions.last_change(board.out)
        self._event = board.ledger.last_event()
        self._file = self._facts()
        self._said = board.progress()
        self._thread = threading.Thread(target=self._run, name="review watch", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stops looking."""
        self._stop.set()
        self._thread.join(5)

    def look(self) -> None:
        """Looks now, and tells what has changed."""
        with self._looking:
            self._look_at_file()
            self._look_at_events()
            self._look_at_decisions()
            self._tell_progress()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nobody looks meanwhile: what we write ourselves is no news."""
        with self._looking:
            yield

    def tell_shots(self, shots: tuple[str, ...]) -> None:
        """Says that these shots look otherwise now."""
        if len(shots) > _MANY:
            self._hub.tell({"kind": "cut"})
            return
        for shot in shots:
            self._hub.tell({"kind": "shot", "id": shot})

    def read_again(self) -> None:
        """Reads the timeline anew, and has the pages read it. Raises InputError where it cannot be read."""
        self._board.more_problems.clear()
        self._board.read_again()
        self._showing.read_again()
        self._file = self._facts()
        self._hub.tell({"kind": "cut"})

    def _run(self) -> None:
        took = 0.0
        # A reel of thousands of shots takes its time to look at: then it is looked at less often.
        while not self._stop.wait(max(_SECONDS, 4 * took)):
            begun = time.monotonic()
            try:
                self.look()
            except Exception:  # noqa: BLE001
                # The next look may find all well: a ledger that is busy, a file that is half copied.
                _log.debug("a look at the project failed", exc_info=True)
            took = time.monotonic() - begun

    def _look_at_file(self) -> None:
        facts = self._facts()
        if facts == self._file or facts is None:
            return
        self._file = facts
        board = self._board
        digest = digest_of(board.out)
        if digest == board.scene.sha256:
            return
        if board.ledger.outputs.digests_in(board.out.parent).get(board.out.name) == digest:
            self._read_quietly()
            return
        message = f"“{board.out.name}” was changed by someone else since it was read"
        fix = "Read it anew: what was decided is kept."
        board.more_problems[:] = [{"severity": "warning", "where": {}, "message": message, "fix": fix, "changed": True}]
        board.touch()
        self._hub.tell({"kind": "cut"})

    def _look_at_events(self) -> None:
        last = self._board.ledger.last_event()
        going_on = self._board.is_running
        if last == self._event and not going_on:
            return
        self._event = last
        self.tell_shots(self._board.refresh())
        run = self._board.scene.run
        newest = next(
            (each for each in self._board.ledger.runs.at(self._board.out) if each.out == str(self._board.out)), None
        )
        if newest is not None and (run is None or newest.id != run.id or newest.plan != run.plan):
            self._read_quietly()

    def _look_at_decisions(self) -> None:
        board = self._board
        last, shots = board.ledger.decisions.changed_since(board.out, self._decision)
        if last != self._decision:
            self._decision = last
            board.touch()
            self.tell_shots(board.renew(shots))

    def _tell_progress(self) -> None:
        said = self._board.progress()
        before, self._said = self._said, said
        if said["saved"] != before["saved"]:
            self._hub.tell({"kind": "saved", "saved": said["saved"]})
        if (said["cost"], said["running"]) != (before["cost"], before["running"]):
            self._board.touch()
            self._hub.tell({"kind": "progress", **said})

    def _read_quietly(self) -> None:
        try:
            self.read_again()
        except ReperformError as error:
            self._board.more_problems[:] = [
                {"severity": "warning", "where": {}, "message": error.message, "fix": error.fix}
            ]
            self._board.touch()
            self._hub.tell({"kind": "cut"})

    def _facts(self) -> tuple[int, int, int] | None:
        path = self._board.out
        try:
            facts = (path / "content.otio" if path.is_dir() else path).stat()
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_size, facts.st_ino
