"""Which cues of a shot share a job, and in how many requests their takes are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reperform.planning.pieces import Piece
from reperform.timing import FrameRange

__all__ = ["LONGEST_BRIDGE_SECONDS", "Request", "requests", "sent_range"]

LONGEST_BRIDGE_SECONDS = 10
"""A model with segments gets a shot as one job. Cues farther apart than this are jobs of their own: the frames between
them are paid for, and are not marked."""

_DIRECTED = ("emotion", "region", "temperature", "sync", "speaker", "boxes", "occlusion")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What will be one job."""

    pieces: tuple[Piece, ...]
    sent: FrameRange
    first_take: int
    results: int


def requests(pieces: Sequence[Piece]) -> tuple[Request, ...]:
    """The jobs of one shot's pieces, in the order of their takes, then of the frames they send."""
    targets = {piece.target.key: piece.target for piece in pieces}
    found = [
        Request(pieces=group, sent=sent_range(group), first_take=first, results=results)
        for key, target in targets.items()
        for first, results, wanted in _rounds(
            [piece for piece in pieces if piece.target.key == key], target.capabilities.results_per_job
        )
        for group in _groups(wanted)
    ]
    return tuple(sorted(found, key=lambda request: (request.first_take, request.sent)))


def sent_range(pieces: Sequence[Piece]) -> FrameRange:
    """All frames that the pieces send as one job."""
    return FrameRange.between(min(piece.sent.start for piece in pieces), max(piece.sent.end for piece in pieces))


def _rounds(pieces: Sequence[Piece], results_per_job: int) -> Iterator[tuple[int, int, list[Piece]]]:
    """First take, takes a request, and the pieces that want them. Cues that want fewer takes drop out."""
    done = 0
    for level in sorted({piece.takes for piece in pieces}):
        wanted = [piece for piece in pieces if piece.takes >= level]
        while done < level:
            results = min(level - done, results_per_job)
            yield done + 1, results, wanted
            done += results


def _groups(pieces: Sequence[Piece]) -> list[tuple[Piece, ...]]:
    groups: list[tuple[Piece, ...]] = []
    for piece in sorted(pieces, key=lambda piece: piece.sent):
        for number, group in enumerate(groups):
            if _may_join(group, piece):
                groups[number] = (*group, piece)
                break
        else:
            groups.append((piece,))
    return groups


def _may_join(group: tuple[Piece, ...], piece: Piece) -> bool:
    can = piece.target.capabilities
    if not can.segment_speech and (piece.speaks or group[0].speaks):
        return False
    if _shared(piece) != _shared(group[0]):
        return False
    whole = sent_range((*group, piece))
    if piece.room.longest is not None and whole.frames > piece.room.longest:
        return False
    return piece.sent.start - sent_range(group).end <= _bridge(piece)


def _bridge(piece: Piece) -> int:
    """Unmarked frames that may lie between two cues of a job."""
    return int(LONGEST_BRIDGE_SECONDS * piece.room.rate) if piece.target.capabilities.segments else 0


def _shared(piece: Piece) -> dict[str, Any]:
    """What all cues of a job have in common on the wire."""
    can = piece.target.capabilities
    own = {*can.segment_fields, *(("emotion",) if can.segment_emotions else ())}
    if "speaker" in own:
        own.add("boxes")
    return {word: getattr(piece.direction, word) for word in _DIRECTED if word not in own}
