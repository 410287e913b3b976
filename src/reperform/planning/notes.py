"""What is said of requests once they stand: bridged gaps, changed rasters, rates that the maker does not recommend."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reperform.media.raster import shown_raster
from reperform.model import Problem, Shot
from reperform.planning.gathering import Request
from reperform.planning.ordering import raster
from reperform.planning.suitability import place_of
from reperform.planning.targets import Target
from reperform.timing import Rate

__all__ = ["notes"]

_CLOSE = Fraction(2, 1000)


def notes(shot: Shot, requests: Sequence[Request]) -> tuple[Problem, ...]:
    """Notes and warnings on what will be sent of the shot, each once."""
    found: dict[str, Problem] = {}
    for target in {request.pieces[0].target.key: request.pieces[0].target for request in requests}.values():
        for problem in (*_raster(shot, target), *_rate(shot, target, requests)):
            found.setdefault(problem.message, problem)
    for request in requests:
        for problem in (*_bridged(shot, request), *_from_first_frame(shot, request)):
            found.setdefault(problem.message, problem)
    return tuple(found.values())


def _raster(shot: Shot, target: Target) -> list[Problem]:
    shown, sent = shown_raster(shot.source), raster(shot, target.capabilities)
    if not all(shown) or sent == shown:
        return []
    message = f"{shown[0]} × {shown[1]} is sent as {sent[0]} × {sent[1]}; the take has the original's raster again."
    return [Problem(severity="note", where=place_of(shot), message=message)]


def _rate(shot: Shot, target: Target, requests: Sequence[Request]) -> list[Problem]:
    rate, rates = requests[0].pieces[0].room.rate, target.capabilities.rates
    if rates is None or rate in rates or any(_same(rate, known) for known in rates):
        return []
    known = ", ".join(f"{float(one):g}" for one in rates)
    message = f"{target.name} recommends {known} frames a second; this is sent at {float(rate):.5g}."
    return [Problem(severity="note", where=place_of(shot), message=message)]


def _same(rate: Rate, known: Rate) -> bool:
    """Whether a maker who writes 24 means this rate: 24000/1001 too."""
    return abs(rate - known) <= known * _CLOSE


def _bridged(shot: Shot, request: Request) -> list[Problem]:
    """Unmarked frames between the cues of one job: a model with segments gets the shot as one."""
    rate, end, frames = request.pieces[0].room.rate, request.sent.start, 0
    for piece in request.pieces:
        frames += max(0, piece.sent.start - end)
        end = max(end, piece.sent.end)
    if not frames:
        return []
    message = (
        f"{request.pieces[0].target.name} takes the shot as one job: "
        f"the {float(frames / rate):.1f} s between its cues are sent too."
    )
    return [Problem(severity="note", where=place_of(shot), message=message)]


def _from_first_frame(shot: Shot, request: Request) -> list[Problem]:
    piece = request.pieces[0]
    if not piece.speaks or piece.target.capabilities.segment_speech or not piece.room.tail:
        return []
    message = f"{piece.target.name} speaks from the first frame it gets, so no context is sent before this line."
    return [Problem(severity="note", where=place_of(shot, piece.cue), message=message)]
