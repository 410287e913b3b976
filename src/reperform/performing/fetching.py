"""Fetching what an engine made: kept for good, flushed to the disk before the ledger says so."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter

from reperform.engines.base import Output
from reperform.errors import AccessRefused, EngineError, Expired, NotSubmitted, OutOfReach, ReperformError
from reperform.files import atomic_output
from reperform.ledger.records import AttemptCue, AttemptState, NewResult
from reperform.media import checking
from reperform.media.aligning import LARGEST_DIFFERENCE, Alignment
from reperform.media.opening import opened, reading
from reperform.performing.errand import Errand, in_thread
from reperform.performing.listening import Stage
from reperform.performing.preparing import said
from reperform.performing.waiting import OUTPUT, submitted_of

__all__ = ["ALIGNMENT", "fetch"]

ALIGNMENT: TypeAdapter[Alignment] = TypeAdapter(Alignment)
"""How an alignment stands in the ledger."""

_log = logging.getLogger(__name__)


async def fetch(errand: Errand) -> Errand:
    """Every output in its place, looked at against what was sent, and recorded; with that the addresses are gone.

    Raises:
        EngineError: an output could not be fetched; it is tried again in the next run.

    """
    errand.say(Stage.FETCHING, errand.job.id)
    known = errand.ledger.claims.addresses(errand.attempt)
    outputs = [
        Output(number=int(name.removeprefix(OUTPUT)), address=address.address, facts=address.facts)
        for name, address in known.items()
        if name.startswith(OUTPUT)
    ]
    cues = errand.ledger.claims.cues(errand.attempt.id)
    results: list[NewResult] = []
    for output in sorted(outputs, key=lambda output: output.number):
        file = errand.ledger.layout.results / errand.attempt.id / f"{output.number}.mp4"
        await _fetched(errand, output, file)
        digest, alignment = await in_thread(errand.threads, partial(_looked_at, errand, file))
        results += [
            _result(errand, output, file, cue, digest, alignment, cues) for cue in cues if cue.output == output.number
        ]
    attempt, _ = errand.ledger.results.keep(errand.attempt, results)
    return replace(errand, attempt=attempt)


async def _fetched(errand: Errand, output: Output, file: Path) -> None:
    if file.exists():  # complete, or it would not have this name: fetched by a run that died before saying so
        return
    for folder in (errand.ledger.layout.results, file.parent):
        # Others on a share adopt what lies there.
        folder.mkdir(mode=0o770 if errand.ledger.shares.on else 0o700, exist_ok=True)
    try:
        try:
            await _downloaded(errand, output, file)
        except EngineError as error:
            # Out of reach is not gone; any other address may be better than one that cannot be used.
            if errand.free or isinstance(error, NotSubmitted | AccessRefused):
                raise
            await _downloaded(errand, await _named_anew(errand, output), file)
    except Expired as error:
        raise errand.gone(error) from None
    except Exception as error:
        if errand.free:
            errand.end(AttemptState.FAILED, said(error))
        raise


async def _downloaded(errand: Errand, output: Output, file: Path) -> None:
    """The output in its place, if it is a movie.

    One that is too short is fetched a second time: what was cut on its way, and does not say so, is longer then.

    Raises:
        EngineError: what came is no movie: an error page in its place, say. It is fetched again in the next run.

    """
    with atomic_output(file) as temporary:
        await errand.engine.fetch(output, temporary)
        if errand.free:
            return
        frames = await in_thread(errand.threads, partial(_frames_in, temporary))
        if frames < errand.job.frames - LARGEST_DIFFERENCE:
            frames = max(frames, await _second(errand, output, temporary, frames))
        if not frames:
            raise OutOfReach(
                f"what {errand.engine.name} sent as the result of job {errand.job.id} is no movie; it is not kept.",
                fix="It is fetched again in the next run, or by `reperform resume`.",
            )


async def _second(errand: Errand, output: Output, first: Path, frames: int) -> int:
    """The output once more, in the place of the first where it is longer; how many frames it has."""
    again = first.with_name(f".again{first.name}")
    try:
        await errand.engine.fetch(output, again)
        found = await in_thread(errand.threads, partial(_frames_in, again))
        if found > frames:
            again.replace(first)
    except EngineError:
        if not frames:
            raise
        return frames  # the first is better than none
    else:
        return found
    finally:
        again.unlink(missing_ok=True)


async def _named_anew(errand: Errand, output: Output) -> Output:
    """The same output at a new address: the one that was known is no longer good, and the engine may know the job still."""
    finished = await errand.engine.wait(submitted_of(errand), errand.progress(Stage.FETCHING))
    found = next((each for each in finished.outputs if each.number == output.number), None)
    if found is None:
        raise Expired(f"{errand.engine.name} has no result {output.number} of job {errand.job.id} any more.")
    return found


def _frames_in(file: Path) -> int:
    """How many frames are there as a whole; 0 where it is no movie."""
    try:
        with opened(file) as container, reading(file):
            return sum(packet.size > 0 for packet in container.demux(container.streams.video[0]))
    except (ReperformError, OSError, IndexError):
        return 0


def _looked_at(errand: Errand, file: Path) -> tuple[str, str | None]:
    """The file's digest, and how its frames lie on those that were sent; None where that cannot be said."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    prepared = errand.prepared()
    if prepared is None:
        return digest, None
    try:
        shot = errand.shot
        limits = errand.planner.terms.settings.checks
        alignment = checking.check_result(
            file, sent=prepared.video, job=errand.job, source=shot.source, shot=shot, thresholds=limits
        )
    except (ReperformError, OSError):
        # It is paid for and kept whatever it is; conforming it says what is wrong.
        _log.warning("result %s could not be compared with what was sent", file, exc_info=True)
        return digest, None
    return digest, ALIGNMENT.dump_json(alignment).decode()


def _result(
    errand: Errand,
    output: Output,
    file: Path,
    cue: AttemptCue,
    digest: str,
    alignment: str | None,
    cues: Sequence[AttemptCue],
) -> NewResult:
    cost, all_frames = errand.attempt.cost_usd, sum(each.frames for each in cues)
    return NewResult(
        key=cue.key,
        output=output.number,
        file=file.relative_to(errand.ledger.project).as_posix(),
        sha256=digest,
        first_frame=cue.first_frame,
        frames_sent=errand.job.frames,
        facts=output.facts,
        alignment=alignment,
        cost_usd=None if cost is None else cost * cue.frames / all_frames,
    )
