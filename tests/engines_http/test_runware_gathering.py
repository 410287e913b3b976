"""Runware: the results of one task are gathered as they come."""

from __future__ import annotations

import pytest

from engines_http.runware_kit import TASK, item, waited
from engines_http.served import answer
from reperform.errors import (
    Expired,
)


def test_replies_are_gathered_until_all_results_are_there() -> None:
    """Runware's replies are cumulative: one that has fewer results than asked for is not the last."""
    first, second = item(videoUUID="1", resultIndex=0, cost=0.1), item(videoUUID="2", resultIndex=1, cost=0.2)
    finished = waited({"data": [first]}, {"data": [second, first]}, results="2")
    assert [output.facts["videoUUID"] for output in finished.outputs] == ["1", "2"]
    assert finished.cost_usd == pytest.approx(0.3)


def test_results_are_kept_where_others_failed() -> None:
    """What was made is paid for."""
    failed = item("error", error={"code": "inferenceError", "message": "no"})
    finished = waited({"data": [item(videoUUID="1"), failed]}, results="2")
    assert len(finished.outputs) == 1


def test_results_that_never_come_are_not_waited_for_ever() -> None:
    """After a while without news, what is there is taken."""
    assert len(waited({"data": [item(videoUUID="1")]}, results="2").outputs) == 1


def test_a_task_may_come_up_late() -> None:
    """Just after the submit, an unknown task is asked for once more."""
    unknown = answer(404, {"errors": [{"code": "taskFailedOrNotFound", "taskUUID": TASK, "taskType": "getResponse"}]})
    assert len(waited(unknown, {"data": [item()]}).outputs) == 1
    with pytest.raises(Expired):
        waited(unknown)
