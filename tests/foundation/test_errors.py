"""The error tree."""

from __future__ import annotations

import inspect

from reperform import errors
from reperform.errors import ReperformError, exit_code


def _all(kind: type[ReperformError]) -> list[type[ReperformError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in _all(child))]


def test_the_tree_at_the_top_is_the_tree() -> None:
    """Every error is drawn in the module's docstring, exported, and says something by itself."""
    drawn = errors.__doc__ or ""
    for kind in _all(ReperformError):
        assert kind.__name__ in drawn
        assert kind.__name__ in errors.__all__
        assert inspect.getdoc(kind) == kind().message


def test_exit_codes_are_those_of_the_contract() -> None:
    """The most specific class decides."""
    codes = {kind.__name__: exit_code(kind()) for kind in _all(ReperformError)}
    assert codes["Interrupted"] == 130
    assert codes["AccessRefused"] == 4
    assert codes["CostCeiling"] == 3
    assert codes["TimelineError"] == codes["FFmpegMissing"] == codes["LedgerError"] == 2
    assert codes["JobFailed"] == codes["ConformError"] == 1
