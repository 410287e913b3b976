"""The checks of a cut's takes as JSON, version 1."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reperform.model import Thresholds
    from reperform.workflow.rechecking import CheckedTake, Rechecked

__all__ = ["as_json"]


def as_json(checked: Rechecked, thresholds: Thresholds) -> str:
    """One document."""
    document = {
        "version": 1,
        "status": checked.status,
        "timeline": checked.name,
        "thresholds": thresholds.model_dump(mode="json"),
        "takes": [_take(each) for each in checked.takes],
        "problems": [problem.model_dump(mode="json") for problem in checked.problems],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _take(each: CheckedTake) -> dict[str, Any]:
    take, shot = each.take, each.shot
    return {
        "take": take.id,
        "file": str(take.path),
        "shot": shot.id,
        "clip": shot.clip,
        "record_in": shot.record.in_,
        "engine": take.engine,
        "model": take.model,
        "preview": take.preview,
        "in_cut": each.stands,
        "passed": take.passed,
        "checks": [check.model_dump(mode="json") for check in take.checks],
    }
