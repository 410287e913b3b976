"""What lands in Resolve's menu is read by any Python from 3.6 to 3.14, with nothing but its standard library."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from resolve.running_kit import SCRIPTS, pythons

FILES = sorted(path for path in SCRIPTS.rglob("*.py") if "__pycache__" not in path.parts)
NOT_IN_3_6 = {
    "dataclasses", "contextvars", "graphlib", "zoneinfo", "tomllib", "annotationlib", "compression",
    "importlib.resources", "importlib.metadata",
}  # fmt: skip
GONE_BY_3_14 = {
    "asynchat", "asyncore", "cgi", "cgitb", "crypt", "distutils", "imghdr", "imp", "msilib", "nntplib", "pipes", "smtpd",
    "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib", "lib2to3", "audioop", "aifc", "chunk", "mailcap", "nis", "ossaudiodev",
}  # fmt: skip
NEVER = {"tkinter", "Tkinter", "PyQt5", "PySide2"}
OURS = {"reperform_menu", "DaVinciResolveScript"}
NEWER_NAMES = {
    "removeprefix": "3.9", "removesuffix": "3.9", "nullcontext": "3.7", "cached_property": "3.8", "time_ns": "3.7",
    "ThreadingHTTPServer": "3.7", "fromisoformat": "3.7", "prod": "3.8", "is_relative_to": "3.9", "reconfigure": "3.7",
    "Protocol": "3.8", "get_running_loop": "3.7", "breakpoint": "3.7", "aclosing": "3.10", "pairwise": "3.10", "readlink_to": "3.9",
}  # fmt: skip
NEWER_KEYWORDS = {
    "capture_output": "3.7", "missing_ok": "3.8", "dirs_exist_ok": "3.8", "strict": "3.10", "text": "3.7", "force": "3.8",
    "cancel_futures": "3.9", "process_group": "3.11", "slots": "3.10", "kw_only": "3.10",
}  # fmt: skip
SUBPROCESS = ("run", "Popen", "check_output", "check_call", "call", "zip")
"""The calls whose keywords are looked at: other functions may well call something `text`."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SCRIPTS)))
def test_every_file_is_python_3_6(path: Path) -> None:
    """Syntax, imports, names and annotations that the oldest Python of Resolve's has, and the newest still has."""
    assert [] == list(too_new(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("if (n := 3):\n    pass", "syntax"),
        ("def f(a, /):\n    pass", "syntax"),
        ("match x:\n    case 1:\n        pass", "syntax"),
        ("with (open(a) as b, open(c) as d):\n    pass", "syntax"),
        ("from __future__ import annotations", "__future__.annotations"),
        ("f'{x = }'", "syntax"),
        ("f'{x=!r}'", "syntax"),
        ("def f(a: int | None):\n    pass", "annotation int | None"),
        ("def f() -> list[int]:\n    pass", "annotation list[int]"),
        ("import dataclasses", "import dataclasses"),
        ("from importlib import resources", "import importlib.resources"),
        ("import distutils.util", "import distutils.util"),
        ("import numpy", "import numpy"),
        ("try:\n    import tkinter\nexcept ImportError:\n    pass", "import tkinter"),
        ("import subprocess\nsubprocess.run([], capture_output=True)", "keyword capture_output"),
        ("'a'.removeprefix('b')", "name removeprefix"),
        ("from contextlib import nullcontext", "name nullcontext"),
        ("@a.b[0]\ndef f():\n    pass", "syntax"),
    ],
)  # fmt: skip
def test_the_check_sees_what_is_too_new(text: str, why: str) -> None:
    """Each thing that 3.6 has not got is found."""
    assert [why] == list(too_new(text))


@pytest.mark.parametrize(
    "text",
    [
        "if TYPE_CHECKING:\n    from typing import Protocol",
        "def f(a: 'int | None') -> 'list[int]':\n    return f'{a == 3} {a!r:>{3}}'",
        "import json, os.path",
    ],
)
def test_the_check_lets_pass_what_3_6_reads(text: str) -> None:
    """What only a type checker reads may be new, and so may what stands in quotes."""
    assert [] == list(too_new(text))


@pytest.mark.parametrize("which", ["oldest", "newest"])
def test_every_module_is_loaded_by_a_real_python(which: str) -> None:
    """The oldest and the newest Python at hand load every module, without tkinter, with warnings as errors."""
    found = pythons()
    if len(found) == 1:
        pytest.skip(f"only one Python is at hand: {found[0]}")
    modules = [
        ".".join(path.relative_to(SCRIPTS).with_suffix("").parts) for path in FILES if "reperform_menu" in path.parts
    ]
    modules = [name.replace(".__init__", "") for name in modules]
    code = f"import sys; sys.modules['tkinter'] = None; sys.path[:0] = [{str(SCRIPTS)!r}]\nfor name in {modules!r}: __import__(name)"
    python = found[0] if which == "oldest" else found[-1]
    done = subprocess.run([python, "-I", "-S", "-B", "-W", "error", "-c", code], capture_output=True, text=True)
    assert (0, "") == (done.returncode, done.stderr), python


def too_new(text: str) -> Iterator[str]:
    """What a Python of 3.6 or 3.14 would stumble over, each in a few words."""
    try:
        tree = ast.parse(text, feature_version=(3, 6))
    except SyntaxError:
        yield "syntax"
        return
    hidden = {id(each) for node in ast.walk(tree) if _for_checkers(node) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) not in hidden:
            yield from _imports(node)
            yield from _names(node)
            yield from _shapes(node, text)


def _for_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _imports(node: ast.AST) -> Iterator[str]:
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        names = [str(node.module)]
        names += [f"{node.module}.{one.name}" for one in node.names if f"{node.module}.{one.name}" in NOT_IN_3_6]
        if node.module == "__future__":
            yield from (f"__future__.{one.name}" for one in node.names)
            return
    for name in names:
        root = name.partition(".")[0]
        allowed = root in sys.stdlib_module_names or root in OURS
        if not allowed or root in GONE_BY_3_14 | NEVER or name in NOT_IN_3_6 or root in NOT_IN_3_6:
            yield f"import {name}"


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        yield from (f"name {one.name}" for one in node.names if one.name in NEWER_NAMES)
    if isinstance(node, ast.Attribute) and node.attr in NEWER_NAMES:
        yield f"name {node.attr}"
    if isinstance(node, ast.Call) and _called(node) in SUBPROCESS:
        yield from (f"keyword {one.arg}" for one in node.keywords if one.arg in NEWER_KEYWORDS)


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _shapes(node: ast.AST, text: str) -> Iterator[str]:
    if isinstance(node, ast.With | ast.AsyncWith) and re.match(
        r"with\s*\(.*\bas\b.*\)\s*:", ast.get_source_segment(text, node) or ""
    ):
        yield "syntax"
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and any(_new_decorator(one) for one in node.decorator_list):
        yield "syntax"
    for annotation in _annotations(node):
        if isinstance(annotation, ast.BinOp | ast.Subscript):
            yield f"annotation {ast.unparse(annotation)}"


def _new_decorator(node: ast.expr) -> bool:
    inner = node.func if isinstance(node, ast.Call) else node
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    return not isinstance(inner, ast.Name)


def _annotations(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.FunctionDef) and node.returns is not None:
        yield node.returns
    if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
        yield node.annotation
