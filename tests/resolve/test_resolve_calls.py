"""The calls that the menu entries use are Resolve's: names and parameters as published."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

PROTOCOLS = Path(__file__).resolve().parents[2] / "resolve_scripts" / "reperform_menu" / "protocols.pyi"
Signatures = dict[str, list[list[str]]]

NEWER = {
    "MediaPoolItem.GetTimeline": "21.0.4",
    "Timeline.GetSelectedClips": "21.0.4",
    "Resolve.IsStudio": "21.1",
    "TimelineItem.GetSpeed": "21.1",
    "TimelineItem.GetType": "21.1",
}
"""What the published stubs, of 21.0.0, cannot know."""
FORBIDDEN = {
    "FinalizeTake", "ReplaceClip", "DeleteMarkersByColor", "DeleteAllRenderJobs", "StartRendering", "AddRenderJob",
    "SetRenderSettings", "DeleteRenderJob", "CopyGrades", "Quit",
}  # fmt: skip


def test_every_call_is_in_the_published_stubs_with_its_parameters() -> None:
    """Each call of a Protocol exists in `fusionscript-stubs` under the same name, with the same parameters in their order."""
    published = signatures(_stubs())
    ours = {call: given for call, given in signatures(PROTOCOLS).items() if call not in NEWER}
    unknown = {call: given for call, given in ours.items() if not _fits(given, published.get(call, []))}
    assert {} == unknown


def test_calls_that_are_newer_than_the_stubs_are_named_and_no_others() -> None:
    """An exception for a call that the stubs do know, or that no Protocol has, is a mistake."""
    assert set(NEWER) == set(signatures(PROTOCOLS)) - set(signatures(_stubs()))


def test_calls_that_could_destroy_a_users_work_are_in_no_protocol() -> None:
    """What cannot be undone, or belongs to the user's render queue, cannot even be typed."""
    assert set() == {call.partition(".")[2] for call in signatures(PROTOCOLS)} & FORBIDDEN


def test_every_call_is_in_the_official_stub() -> None:
    """The same against Blackmagic's own file, on a machine that has it."""
    published = signatures(_official())
    unknown = {
        call: given for call, given in signatures(PROTOCOLS).items() if not _fits(given, published.get(call, []))
    }
    assert {} == unknown


def signatures(path: Path) -> Signatures:
    """Every public method of the classes in a file, with those they inherit: its parameters, once for each overload."""
    classes = {node.name: node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.ClassDef)}
    found: Signatures = {}
    for name in classes:
        for method in _methods(classes, name):
            parameters = [one.arg for one in method.args.args if one.arg != "self"]
            found.setdefault(f"{name}.{method.name}", []).append(parameters)
    return {call: given for call, given in found.items() if not call.startswith(("Marked.", "_"))}


def _methods(classes: dict[str, ast.ClassDef], name: str) -> Iterator[ast.FunctionDef]:
    yield from (node for node in classes[name].body if isinstance(node, ast.FunctionDef))
    for base in classes[name].bases:
        if isinstance(base, ast.Name) and base.id in classes:
            yield from _methods(classes, base.id)


def _fits(ours: list[list[str]], published: list[list[str]]) -> bool:
    """Parameters that the published call has after ours are optional there."""
    return all(any(one == other[: len(one)] for other in published) for one in ours)


def _stubs() -> Path:
    try:
        return Path(str(distribution("fusionscript-stubs").locate_file("fusionscript-stubs/fusionscript.pyi")))
    except PackageNotFoundError:
        pytest.skip("needs fusionscript-stubs, which is not installed")


def _official() -> Path:
    folder = os.environ.get("RESOLVE_SCRIPT_API")
    found = sorted(Path(folder).rglob("DaVinciResolveScript.pyi")) if folder else []
    if not found:
        pytest.skip("RESOLVE_SCRIPT_API does not point at a Resolve 21.1 with its DaVinciResolveScript.pyi")
    return found[0]
