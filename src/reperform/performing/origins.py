"""What the takes of a project came from: their results, and the shots and jobs that those were performed for."""

from __future__ import annotations

from dataclasses import dataclass

from reperform.errors import ConformError
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Result
from reperform.model import Cue, InputLut, Job, PlanSettings, Shot, Source, Take
from reperform.performing import luts
from reperform.performing.terms import Terms
from reperform.timing import FrameRange

__all__ = ["Origin", "Origins"]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where one of a take's results came from."""

    result: Result
    shot: Shot
    """As it was when it was performed, on the media of then."""
    job: Job
    terms: Terms

    @property
    def settings(self) -> PlanSettings:
        """Those that it was performed with."""
        return self.terms.settings

    def cue_at(self, frames: FrameRange) -> Cue | None:
        """The cue that was performed over these frames of its shot's clock."""
        return next((cue for cue in self.shot.cues if cue.range.overlaps(frames)), None)


class Origins:
    """What the results of a project's takes came from; each attempt is read once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._results = {result.id: result for result in ledger.results.all()}
        self._known: dict[str, Origin] = {}

    def of(self, result_id: str) -> Origin:
        """Where a result came from.

        Raises:
            ConformError: the ledger does not know it.

        """
        if result_id not in self._results:
            raise ConformError(
                f"the ledger does not know the result {result_id}", fix="Restore the project from a backup."
            )
        if result_id not in self._known:
            result = self._results[result_id]
            attempt = self._ledger.claims.attempt(result.attempt_id)
            self._known[result_id] = Origin(
                result=result,
                shot=Shot.model_validate_json(attempt.shot),
                job=Job.model_validate_json(attempt.job),
                terms=self._terms(attempt.settings),
            )
        return self._known[result_id]

    def lut_of(self, take: Take) -> InputLut | None:
        """The LUT that a take was made through, as the project keeps it; None where there is none."""
        return luts.kept(take.viewing, self._ledger.project)

    def _terms(self, document: str) -> Terms:
        terms = Terms.model_validate_json(document)
        return terms.model_copy(update={"settings": luts.at_home(terms.settings, self._ledger.project)})

    def sources(self) -> dict[str, Source]:
        """The media that was performed for, by the names of its files."""
        found = (self.of(result_id).shot.source for result_id in self._results)
        return {source.path.name: source for source in found}
