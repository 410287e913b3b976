"""The media of an attempt, as the engine gets it."""

from __future__ import annotations

from functools import partial

from reperform.errors import ReperformError
from reperform.ledger.records import AttemptState
from reperform.media import extracting, placing
from reperform.performing.errand import Errand, in_thread
from reperform.performing.listening import Stage

__all__ = ["prepare"]


async def prepare(errand: Errand) -> Errand:
    """Picture and sound, in the attempt's work folder.

    Raises:
        MediaError, MediaRefused: they cannot be made; the attempt has failed, and nothing was sent.

    """
    errand.say(Stage.PREPARING, errand.job.id)
    try:
        await in_thread(errand.threads, partial(_extract, errand))
    except (ReperformError, OSError) as error:
        errand.end(AttemptState.FAILED, said(error))
        raise
    return errand.moved(AttemptState.PREPARED)


def _extract(errand: Errand) -> None:
    errand.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    spoken_only = all(segment.line for segment in errand.order.segments)
    extracting.extract(
        errand.shot,
        errand.job,
        folder=errand.folder,
        name=errand.attempt.id,
        sound=None if spoken_only else placing.job_sound,
        settings=errand.planner.terms.settings,
        capabilities=errand.planner.capabilities(errand.shot, errand.job),
    )


def said(error: BaseException) -> ReperformError:
    """Any failure as an error of ours, for the ledger."""
    return error if isinstance(error, ReperformError) else ReperformError(f"{type(error).__name__}: {error}")
