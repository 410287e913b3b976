"""The ledger's statements stand in a file, each with a name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from reperform.ledger import queries

LEDGER = Path(queries.__file__).parent


def test_statements_are_read_by_name() -> None:
    """A line `-- name:` begins a statement; its other comments are for people."""
    text = "-- a head\n\n-- name: one\n-- why\nSELECT 1;\n-- name: two\nSELECT 2\nFROM x;\n"
    assert queries.parse(text) == {"one": "SELECT 1;", "two": "SELECT 2\nFROM x;"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;", "two statements have one name", id="a name twice"),
        pytest.param("-- name: a\n-- only words\n", "a is not one statement", id="no statement"),
        pytest.param("-- name: a\nSELECT 1;\nSELECT 2;", "a is not one statement", id="two statements"),
        pytest.param("-- name: a\nSELECT 1", "a statement does not end", id="no end"),
    ],
)
def test_a_bad_file_is_refused(text: str, said: str) -> None:
    """Names are unique, and each holds exactly one whole statement."""
    with pytest.raises(ValueError, match=said):
        queries.parse(text)


def test_a_trigger_is_one_statement() -> None:
    """Semicolons inside a trigger end nothing."""
    script = "CREATE TABLE a (b);\nCREATE TRIGGER c AFTER INSERT ON a BEGIN\n SELECT 1;\n SELECT 2;\nEND;\n"
    assert [statement[:9] for statement in queries.statements(script)] == ["CREATE TA", "CREATE TR"]


def test_every_statement_is_used_and_every_used_one_is_there() -> None:
    """No dead SQL, and no name that would fail only when it is reached."""
    words = {
        node.value
        for module in LEDGER.glob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(queries.load()) - words == set()


def test_migrations_count_from_one_without_a_gap() -> None:
    """A change of shape is a new file, numbered next."""
    numbers = [number for number, _, _ in queries.migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
