"""Results that another ledger has: of another project of this machine, or of another machine on this project."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.errors import LedgerError
from reperform.files import atomic_output, link_or_copy
from reperform.ledger.records import AttemptState, FrameDigests

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger

__all__ = ["adopt", "bring_files", "document"]

_WAY = (
    AttemptState.PREPARED,
    AttemptState.UPLOADED,
    AttemptState.SUBMITTING,
    AttemptState.SUBMITTED,
    AttemptState.FINISHED,
    AttemptState.FETCHED,
)
_ATTEMPT = ("id", "engine", "model", "shot", "job", "settings", "estimate_usd", "cost_usd", "remote_id")
_CUE = ("key", "engine", "model", "parameters", "take_number", "frames", "output", "first_frame")
_RESULT = ("output", "file", "sha256", "first_frame", "frames_sent", "facts", "alignment", "cost_usd")

_STAND_IN = ("key", "first_frame", "viewing")


def document(ledger: Ledger, attempt_id: str) -> dict[str, Any]:
    """An attempt with its cues and results, as another ledger can adopt it (JSON)."""
    attempt = ledger.claims.attempt(attempt_id)
    cues = ledger.rows("claims_of_attempt", attempt_id=attempt_id)
    results = ledger.rows("results_of_attempt", attempt_id=attempt_id)
    stand_ins = ledger.rows("stand_ins_of_attempt", attempt_id=attempt_id)
    return {
        "version": 1,
        "attempt": {name: getattr(attempt, name) for name in _ATTEMPT},
        "cues": [{name: row[name] for name in _CUE} | _digests(row) for row in cues],
        "results": [{name: row[name] for name in _RESULT} | {"key": row["cue_key"]} for row in results],
        "stand_ins": [{name: row[name] for name in _STAND_IN} | _digests(row) for row in stand_ins],
    }


def bring_files(kept: dict[str, Any], source: Path, target: Path) -> None:
    """The result files of a document, from one project into another: linked where they can be, else copied.

    Raises:
        OSError: one is gone, or cannot be written.

    """
    for result in kept["results"]:
        into = target / result["file"]
        if not into.exists():
            for folder in (into.parent.parent, into.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with atomic_output(into) as temporary:
                link_or_copy(source / result["file"], temporary)


def adopt(ledger: Ledger, kept: dict[str, Any], *, origin: str) -> None:
    """Into this ledger, as an attempt that someone else paid for. Its files lie in the project already.

    Raises:
        LedgerError: it is not what `document` makes.

    """
    try:
        attempt, cues, results = kept["attempt"], kept["cues"], kept["results"]
        files = [Path(result["file"]) for result in results]
        if kept["version"] != 1 or any(file.is_absolute() or ".." in file.parts for file in files):
            raise ValueError
        session_id = ledger.session_id
        with ledger.transaction():
            if ledger.claims.known(attempt["id"]) is None:
                _add_attempt(ledger, attempt, session_id, origin)
            for cue in cues:
                _add_cue(ledger, attempt["id"], cue)
            for number, result in enumerate(results):
                if ledger.results.by_key(result["key"]) is None:
                    ledger.results.add(f"{attempt['id']}.{number}", attempt["id"], **result)
            for each in kept.get("stand_ins", ()):  # documents of earlier versions have none
                digests = FrameDigests(base64.b64decode(each["picture"]), base64.b64decode(each["voice"]))
                viewing = each.get("viewing")
                ledger.results.stand_for(each["key"], each["first_frame"], digests, viewing=viewing)
    except (KeyError, TypeError, ValueError) as error:
        raise LedgerError(f"what {origin} keeps of its results cannot be read.") from error


def _add_attempt(ledger: Ledger, attempt: dict[str, Any], session_id: str, origin: str) -> None:
    row = {name: attempt[name] for name in _ATTEMPT if name not in ("cost_usd", "remote_id")}
    ledger.change("add_attempt", **row, session_id=session_id, run_id=None, origin=origin)
    added = ledger.claims.attempt(attempt["id"])
    for state in _WAY:
        cost = attempt["cost_usd"] if state is AttemptState.FINISHED else None
        added = ledger.claims.move(added, state, cost_usd=cost, remote_id=attempt["remote_id"])


def _add_cue(ledger: Ledger, attempt_id: str, cue: dict[str, Any]) -> None:
    claim = ledger.row("claim", key=cue["key"])
    if claim is None:
        digests = {name: base64.b64decode(cue[name]) for name in ("picture", "voice")}
        own = ("output", "first_frame", "picture", "voice")
        row = {name: value for name, value in cue.items() if name not in own}
        ledger.change("add_claim", **row, **digests, attempt_id=attempt_id)
    elif claim["attempt_id"] == attempt_id:
        return
    ledger.change(
        "add_attempt_cue",
        attempt_id=attempt_id,
        key=cue["key"],
        output=cue["output"],
        first_frame=cue["first_frame"],
    )


def _digests(row: Any) -> dict[str, str]:
    return {name: base64.b64encode(row[name]).decode() for name in ("picture", "voice")}
