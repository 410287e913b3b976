"""The statements of queries.sql by name, and the migrations in order."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

__all__ = ["load", "migrations", "parse", "statements"]

_NAME = re.compile(r"^-- name: (?P<name>[a-z_]+)$", re.MULTILINE)
_MIGRATION = re.compile(r"^(?P<number>\d{4})_[a-z0-9_]+\.sql$")


def parse(text: str) -> dict[str, str]:
    """Every named statement, without its comments.

    Raises:
        ValueError: two have one name, or one holds no statement or more than one.

    """
    parts = _NAME.split(text)[1:]
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError("two statements have one name")
    found = {
        name: re.sub(r"^--.*$", "", body, flags=re.MULTILINE).strip() for name, body in zip(names, bodies, strict=True)
    }
    for name, statement in found.items():
        if len(list(statements(statement))) != 1:
            raise ValueError(f"{name} is not one statement")
    return found


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: triggers hold semicolons of their own.

    Raises:
        ValueError: the last one does not end.

    """
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
    if re.sub(r"--.*$", "", pending, flags=re.MULTILINE).strip():
        raise ValueError(f"a statement does not end: {pending.strip()[:60]}")


@cache
def load() -> dict[str, str]:
    """The ledger's own statements."""
    return parse((files(__package__) / "queries.sql").read_text(encoding="utf-8"))


@cache
def migrations() -> tuple[tuple[int, str, str], ...]:
    """Number, file name and script of every migration, in order."""
    found = [
        (int(match["number"]), entry.name, entry.read_text(encoding="utf-8"))
        for entry in (files(__package__) / "migrations").iterdir()
        if (match := _MIGRATION.match(entry.name))
    ]
    return tuple(sorted(found))
