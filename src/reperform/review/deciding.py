"""What a person decides of a version: circled, rejected, noted. It is in the ledger before the page hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

from reperform.errors import InputError
from reperform.ledger.records import Action, Decision, Verdict

if TYPE_CHECKING:
    from reperform.review.board import Board

__all__ = ["decide", "redo", "undo", "words"]

_LONGEST = 4000
"""Characters of a note."""
_DID: Mapping[str, str] = {
    "circle": "circled",
    "uncircle": "the circle taken off",
    "reject": "rejected",
    "unreject": "not rejected any more",
    "note": "the note on",
    "unnote": "the note taken off",
}


def decide(board: Board, asked: Mapping[str, Any]) -> Decision:
    """Decides what a page asked for.

    Raises:
        InputError: it asks for nothing that can be decided, or a take is circled that failed a check.

    """
    shot_id, version_id, action = (_text(asked, name) for name in ("shot", "version", "action"))
    if action not in get_args(Action):
        raise InputError(f"“{action}” is nothing that can be decided")
    version = board.version(shot_id, version_id)
    if action == "circle" and not version.passed:
        failed = next(check for check in version.checks if not check.passed)
        raise InputError(
            f"{version.label} cannot be put into the cut: it failed “{failed.name}” ({failed.detail})",
            fix="Circle another version, or ask for it again.",
        )
    more: dict[str, Any] = {}
    if action == "note":
        more = _note(board, shot_id, asked)
    if action == "unnote":
        verdict = board.verdicts().get((shot_id, version_id), Verdict())
        more = {"note": next((note.id for note in verdict.notes if note.id == asked.get("note")), None)}
        if more["note"] is None:
            raise InputError("there is no such note", fix="Read the page anew.")
    made: Any = action
    return board.ledger.decisions.decide(board.out, shot=shot_id, version=version_id, action=made, **more)


def undo(board: Board) -> Decision | None:
    """Takes the last decision back; None where there is none."""
    return board.ledger.decisions.undo(board.out)


def redo(board: Board) -> Decision | None:
    """Makes the decision that was undone last again; None where there is none."""
    return board.ledger.decisions.redo(board.out)


def words(board: Board, decision: Decision) -> str:
    """What a decision was, for people."""
    versions = {each.id: each.label for each in board.versions(decision.shot)}
    label = versions.get(decision.version, decision.version)
    shot = board.scene.shots.get(decision.shot)
    did = _DID[decision.action]
    said = f"{did} {label}" if decision.action == "note" else f"{label} {did}"
    return f"{said}, {shot.placed.name if shot else decision.shot}"


def _note(board: Board, shot_id: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    text = _text(asked, "text").strip()
    if not text:
        raise InputError("a note needs words")
    if len(text) > _LONGEST:
        raise InputError(f"a note has at most {_LONGEST} characters; this has {len(text)}")
    record = board.shot(shot_id).placed.record
    frame = asked.get("frame")
    if frame is None:
        return {"text": text}
    if isinstance(frame, bool) or not isinstance(frame, int) or not 0 <= frame < record.frames:
        raise InputError(f"frame {frame} is none of the {record.frames} frames of the shot")
    return {"text": text, "frame": frame, "timecode": board.scene.cut.timecode(record.start + frame)}


def _text(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str):
        raise InputError(f"“{name}” is missing")
    return value
