"""Paid results: keeping them, and finding the one that answers a cue, exactly or because the cue lies inside it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import chain
from typing import TYPE_CHECKING, Any

from reperform.ledger import adopting
from reperform.ledger.records import Attempt, AttemptState, Covered, FrameDigests, NewResult, Piece, Result

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger

__all__ = ["Results"]


class Results:
    """What has been paid for."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def keep(self, attempt: Attempt, results: Sequence[NewResult]) -> tuple[Attempt, tuple[Result, ...]]:
        """Record what an attempt returned; with it the attempt is fetched, and its addresses are deleted.

        The files lie flushed in their place before. A cue that has a result keeps that one.

        Raises:
            LedgerError: the attempt is not finished, or another process went on with it.

        """
        with self._ledger.transaction():
            for number, result in enumerate(results):
                if self._ledger.row("result_by_key", key=result.key) is None:
                    self.add(f"{attempt.id}.{number}", attempt.id, **_result_row(result))
            fetched = self._ledger.claims.move(attempt, AttemptState.FETCHED)
            self._ledger.change("forget_addresses", attempt_id=attempt.id)
        self._ledger.compact()
        if self._ledger.shares.on:
            self._ledger.shares.publish(attempt.id, adopting.document(self._ledger, attempt.id))
        return fetched, tuple(found for result in results if (found := self.by_key(result.key)))

    def by_key(self, key: str) -> Result | None:
        """The result of exactly this cue and take number."""
        row = self._ledger.row("result_by_key", key=key)
        return None if row is None else _result(row)

    def all(self) -> tuple[Result, ...]:
        """Every one, oldest first."""
        return tuple(_result(row) for row in self._ledger.rows("results"))

    def answering(self, piece: Piece) -> tuple[Covered, ...]:
        """What is paid and answers this piece: its own result, else one that holds it, else several that together do.

        In the order of the cue, without a gap; several share frames where they meet. Empty when a frame is not covered.
        """
        exact = self.by_key(piece.key)
        if exact is not None:
            return (Covered(result=exact, cue_start=0, result_start=0, frames=piece.digests.frames),)
        return self._together(piece)

    def add(self, result_id: str, attempt_id: str, *, key: str, **columns: Any) -> None:
        """One row, and where each of its frames lies."""
        self._ledger.change("add_result", id=result_id, attempt_id=attempt_id, key=key, **columns)
        claim = self._ledger.row("frames_of_claim", key=key)
        assert claim is not None, "the foreign key was checked"
        digests = FrameDigests(claim["picture"], claim["voice"])
        for position in range(digests.frames):
            self._ledger.change("add_result_frame", digest=digests.frame(position), key=key, position=position)

    def stand_for(self, key: str, first_frame: int, digests: FrameDigests, *, viewing: str | None = None) -> bool:
        """The result of this claim also answers these frames of other media, which show what it was performed for.

        They begin at frame `first_frame` of what was claimed. `viewing` is the digest of the view through which it is laid in there,
        None where it is as it was sent. Whether that is news: once known, it is known for good.
        """
        with self._ledger.transaction():
            columns = {"picture": digests.picture, "voice": digests.voice, "viewing": viewing or ""}
            rows = self._ledger.change(
                "add_stand_in", key=key, first_frame=first_frame, frames=digests.frames, **columns
            )
            for position in range(digests.frames if rows else 0):
                digest = digests.frame(position)
                self._ledger.change("add_stand_in_frame", digest=digest, stand_in=rows[0]["id"], position=position)
            return bool(rows)

    def note_quick_key(self, quick_key: str, takes: int) -> None:
        """Remember that the cue of this quick key is paid for so many takes."""
        self._ledger.change("note_quick_key", quick_key=quick_key, takes=takes)

    def paid_takes(self, quick_key: str) -> int:
        """For how many takes the cue of this quick key is known to be paid; 0 when it is not known."""
        row = self._ledger.row("quick_key", quick_key=quick_key)
        return 0 if row is None else int(row["takes"])

    def _together(self, piece: Piece) -> tuple[Covered, ...]:
        """Results that cover a piece, each reaching furthest; those that meet share frames, as parts of a split cue do."""
        found: list[Covered] = []
        position = 0
        while position < piece.digests.frames:
            # From the last frame that is covered: two that merely abut were never performed as one.
            runs = [run for run in self._from(piece, max(0, position - 1)) if run.cue_start + run.frames > position]
            if not runs:
                return ()
            longest = max(runs, key=lambda run: (run.cue_start + run.frames, run.frames))
            if found and longest.result.id == found[-1].result.id:
                return ()
            found.append(longest)
            position = longest.cue_start + longest.frames
        return tuple(found)

    def _from(self, piece: Piece, start: int) -> Iterator[Covered]:
        """The runs of paid frames that hold the piece's frame `start`, each as far before and after it as it goes."""
        same = {
            "engine": piece.engine,
            "model": piece.model,
            "parameters": piece.parameters,
            "take_number": piece.take_number,
            "unviewed": piece.unviewed,
            "viewing": piece.viewing,
        }
        digest, queries = piece.digests.frame(start), ("results_with_frame", "results_standing_for_frame")
        for row in chain.from_iterable(self._ledger.rows(query, digest=digest, **same) for query in queries):
            seen = FrameDigests(row["seen_picture"], row["seen_voice"])
            before = piece.digests.run_before(start, seen, row["position"])
            frames = before + piece.digests.run(start, seen, row["position"])
            result_start = row["seen_first"] + row["position"] - before
            yield Covered(result=_result(row), cue_start=start - before, result_start=result_start, frames=frames)


def _result_row(result: NewResult) -> dict[str, Any]:
    return {
        "key": result.key,
        "output": result.output,
        "file": result.file,
        "sha256": result.sha256,
        "first_frame": result.first_frame,
        "frames_sent": result.frames_sent,
        "facts": json.dumps(result.facts),
        "alignment": result.alignment,
        "cost_usd": result.cost_usd,
    }


_COLUMNS = frozenset(field.name for field in fields(Result)) - {"key", "digests"}


def _result(row: sqlite3.Row) -> Result:
    columns = {name: row[name] for name in _COLUMNS}
    return Result(key=row["cue_key"], digests=FrameDigests(row["picture"], row["voice"]), **columns)
