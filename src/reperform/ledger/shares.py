"""Several machines on one project: a file for each cue that is about to be paid, made once, and what came back beside its result."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.errors import LedgerError
from reperform.files import write_atomically
from reperform.ledger import adopting
from reperform.ledger.records import Attempt, AttemptState

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger

__all__ = ["Shares", "TheirClaim"]

_KEPT = "attempt.json"


@dataclass(frozen=True, kw_only=True)
class TheirClaim:
    """A cue that another machine has claimed."""

    path: Path
    attempt_id: str
    host: str
    since: str
    """ISO 8601, UTC."""


class Shares:
    """What machines that share the project's folder, and not its ledger, must know of each other.

    Where the ledger lies in the project, there is nothing to share, and every method does nothing.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.folder = ledger.layout.claims
        self._looked_at: dict[Path, tuple[int, int]] = {}

    @property
    def on(self) -> bool:
        """Whether the project is shared."""
        return self._ledger.layout.private is not None

    def claim(self, attempt: Attempt, keys: Collection[str]) -> TheirClaim | None:
        """Hold all of these cues for the attempt, before its request leaves; None when they are ours, else who has one of them.

        Raises:
            LedgerError: the share cannot be written.

        """
        if not self.on:
            return None
        made: list[Path] = []
        for key in sorted(keys):
            try:
                theirs = self._claim(attempt, key, made)
            except OSError as error:
                self._undo(made)
                raise LedgerError(f"the claims in {self.folder} cannot be written: {error.strerror}.") from error
            if theirs is not None:
                self._undo(made)
                return theirs
        return None

    def release(self, attempt: Attempt, keys: Collection[str]) -> None:
        """Nothing came of the attempt, and nothing will: the cues are free again."""
        for key in keys if self.on else ():
            theirs = self._read(self.folder / key)
            if theirs is not None and theirs.attempt_id == attempt.id:
                with suppress(OSError):
                    (self.folder / key).unlink(missing_ok=True)

    def publish(self, attempt_id: str, document: dict[str, Any]) -> None:
        """What another ledger needs to adopt the attempt's results, beside them."""
        if self.on:
            write_atomically(self._ledger.layout.results / attempt_id / _KEPT, json.dumps(document).encode())

    def publish_all(self) -> None:
        """What is kept here and was not published: a run was killed in between."""
        for attempt in self._ledger.claims.attempts() if self.on else ():
            beside = self._ledger.layout.results / attempt.id / _KEPT
            if attempt.state is AttemptState.FETCHED and attempt.origin is None and not beside.exists():
                self.publish(attempt.id, adopting.document(self._ledger, attempt.id))

    def published(self) -> Iterator[dict[str, Any]]:
        """What other machines have published, and this ledger does not have yet."""
        if not self.on or not self._ledger.layout.results.is_dir():
            return
        for path in sorted(self._ledger.layout.results.glob(f"*/{_KEPT}")):
            with suppress(OSError, ValueError):
                if (document := self._news(path)) is not None:
                    yield document

    def _news(self, path: Path) -> dict[str, Any] | None:
        """What a file says that this ledger does not know: an attempt, or what its results stand for since. Read once as it is."""
        facts = path.stat()
        as_it_is, known = (facts.st_mtime_ns, facts.st_size), self._ledger.claims.known(path.parent.name)
        if known is not None and self._looked_at.get(path) == as_it_is:
            return None
        self._looked_at[path] = as_it_is
        document = dict(json.loads(path.read_bytes()))
        here = self._ledger.rows("stand_ins_of_attempt", attempt_id=path.parent.name)
        return document if known is None or len(document.get("stand_ins", ())) > len(here) else None

    def _claim(self, attempt: Attempt, key: str, made: list[Path]) -> TheirClaim | None:
        self.folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        path = self.folder / key
        body = {"attempt": attempt.id, "host": _host(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660)
        except FileExistsError:
            theirs = self._read(path)
            if theirs is None or self._ledger.claims.known(theirs.attempt_id) is None:
                return theirs or TheirClaim(path=path, attempt_id="", host="another machine", since="just now")
            write_atomically(path, json.dumps(body).encode())  # an earlier attempt of ours held it
            return None
        made.append(path)
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(body).encode())
            file.flush()
            os.fsync(file.fileno())
        return None

    def _read(self, path: Path) -> TheirClaim | None:
        """None where it is not there, or is only being written."""
        try:
            body = json.loads(path.read_bytes())
            return TheirClaim(path=path, attempt_id=body["attempt"], host=body["host"], since=body["since"])
        except (OSError, ValueError, KeyError):
            return None

    def _undo(self, made: list[Path]) -> None:
        for path in made:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _host() -> str:
    import socket

    return socket.gethostname()
