"""Whatever is wrong with a call: one message that says it, with a way out, exit 2, and never a traceback."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from reperform.files import write_atomically
from whole.command_kit import Ran, call

WRONG = {
    "no such command": (["paln"], "Did you mean 'plan'?"),
    "no such option": (["plan", "the_letter.otio", "--handels", "3"], "--handles"),
    "no timeline": (["plan"], "missing argument 'TIMELINE'"),
    "no OUT": (["run", "the_letter.otio"], "missing option '-o'"),
    "a file that is not there": (["plan", "nothere.otio"], "there is no file “nothere.otio”"),
    "a folder": (["plan", "media"], "holds no content.otio"),
    "binary junk": (["plan", "junk.otio"], "is not OpenTimelineIO"),
    "half a file": (["plan", "half.otio"], "is not complete JSON"),
    "an empty file": (["plan", "empty.otio"], "is empty"),
    "media": (["plan", "media/A001C003.mov"], "is not OpenTimelineIO"),
    "a collection's other timeline": (["plan", "the_letter.otio", "--timeline", "x"], "none called “x”"),
    "a plan that is not there": (["run", "nothere.json", "-o", "out.otio"], "there is no file “nothere.json”"),
    "a plan that is none": (["run", "other.json", "-o", "out.otio"], "timeline: Field required"),
    "a plan that is no JSON": (["run", "junk.json", "-o", "out.otio"], "is not a plan of this version"),
    "an unknown engine": (["plan", "the_letter.otio", "--engine", "snyc"], "Did you mean sync?"),
    "an unknown model": (["plan", "the_letter.otio", "--engine", "sync", "--model", "x"], "has no model “x”"),
    "an unknown likeness": (["plan", "the_letter.otio", "--like", "sync/x"], "has no model “x”"),
    "an unknown editor": (["run", "the_letter.otio", "-o", "out.otio", "--for", "avdi"], "is not one of 'otio'"),
    "an unknown style": (["run", "the_letter.otio", "-o", "out.otio", "--takes", "x"], "references, tracks or timelines"),
    "an option without a value": (["plan", "the_letter.otio", "--option", "x"], "is not ENGINE.FIELD=VALUE"),
    "an option that no engine has": (["plan", "the_letter.otio", "--option", "sync.x=3"], "has no field “x”"),
    "half a number": (["plan", "the_letter.otio", "--seam", "1.5"], "'1.5' is not a valid integer"),
    "a negative number": (["plan", "the_letter.otio", "--seam", "-1"], "It should be 0 or more"),
    "no rate": (["plan", "the_letter.otio", "--send-rate", "1/0"], "such as 25, 23.976 or 24000/1001"),
    "no jobs at once": (["run", "the_letter.otio", "-o", "out.otio", "--jobs", "0"], "It should be 1 or more"),
    "nothing to drop": (["plan", "the_letter.otio", "--drop", "x"], "“x” cannot be dropped"),
    "no such cue": (["plan", "the_letter.otio", "--only", "nobody"], "`--only nobody` fits no cue"),
    "no such cue to do again": (["run", "the_letter.otio", "-o", "out.otio", "--another", "x"], "`--another x` fits no cue"),
    "no regular expression": (["plan", "the_letter.otio", "--marker-name", "("], "is not a regular expression"),
    "no such track": (["plan", "the_letter.otio", "--voice-track", "x"], "A1 “Production”"),
    "no such own sound": (["plan", "the_letter.otio", "--own-sound", "x"], "there is no audio track “x”"),
    "no direction": (["plan", "the_letter.otio", "--direction", "angri"], "did you mean angry"),
    "a default engine": (["plan", "the_letter.otio", "--direction", "engine: sync"], "cannot name an engine"),
    "no such media folder": (["plan", "the_letter.otio", "--media-root", "x"], "Directory 'x' does not exist"),
    "a file for a project": (["plan", "the_letter.otio", "--project", "junk.otio"], "is a file"),
    "OUT without an ending": (["run", "the_letter.otio", "-o", "out"], "Write to out.otio"),
    "OUT of another kind": (["run", "the_letter.otio", "-o", "out.mov"], "Write to out.otio"),
    "OUT for an editor that does not import it": (
        ["run", "the_letter.otio", "-o", "out.otio", "--for", "fcp"],
        "Write OUT as .fcpxml",
    ),
    "OUT is the input": (["run", "the_letter.otio", "-o", "the_letter.otio"], "is the input, which is never written"),
    "OUT is a folder": (["run", "the_letter.otio", "-o", "folder.otio"], "“folder.otio” is a folder"),
    "OUT in no folder": (["run", "the_letter.otio", "-o", "no/such/out.otio"], "there is no folder “no/such”"),
    "OUT in a file": (["run", "the_letter.otio", "-o", "junk.otio/out.otio"], "“junk.otio/out.otio” cannot be written"),
    "takes in a file": (["run", "the_letter.otio", "-o", "out.otio", "--takes-dir", "junk.otio/x"], "takes cannot be written"),
    "a name without a number": (["run", "the_letter.otio", "-o", "out.otio", "--name", "{stem}"], "Put {number:03}"),
    "a name of unknown parts": (["run", "the_letter.otio", "-o", "out.otio", "--name", "{x}{number}"], "Its fields are"),
    "select in nothing": (["select", "nothere.otio", "a", "b"], "there is no file"),
    "select in an input": (["select", "the_letter.otio", "a", "b"], "holds no takes"),
    "doctor of nothing": (["doctor", "nothere.otio"], "does not exist"),
    "demo into a file": (["demo", "junk.otio"], "is a file"),
    "completion of another shell": (["completion", "powershell"], "is not one of 'bash', 'zsh', 'fish'"),
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample, and much that is no timeline."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "media").symlink_to(sample / "media", target_is_directory=True)
    whole = (sample / "the_letter.otio").read_bytes()
    contents = {"the_letter.otio": whole, "half.otio": whole[:5000], "empty.otio": b"", "other.json": b'{"a": 1}'}
    contents |= {"junk.otio": bytes(range(256)) * 8, "junk.json": bytes(range(256))}
    for name, content in contents.items():
        write_atomically(folder / name, content)
    (folder / "folder.otio").mkdir()
    return folder


def _call(folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> Ran:
    monkeypatch.chdir(folder)
    return call(*words)


@pytest.mark.skipif(sys.platform == "win32", reason="the folder of media is a link")
@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_call_is_told_what_to_do(
    desk: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    """Exit 2, one error, a way out; nothing on standard output and nothing written."""
    before = sorted(desk.iterdir())
    ran = _call(desk, monkeypatch, words)
    assert (2, "") == (ran.status, ran.out.replace("The sample cut is in junk.otio", ""))
    assert said in ran.said
    assert ran.err.count("error:") == 1
    assert "→" in ran.err
    assert "Traceback" not in ran.err
    assert before == sorted(desk.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="the folder of media is a link")
@pytest.mark.parametrize("words", [["plan", "nothere.otio"], ["run", "the_letter.otio", "-o", "out.mov"]])
def test_with_json_an_error_is_the_document(desk: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    """On standard output, with its class, message and way out; standard error stays silent."""
    ran = _call(desk, monkeypatch, [*words, "--json"])
    assert (2, "") == (ran.status, ran.err)
    assert {"version", "error", "message", "cause", "fix"} == json.loads(ran.out).keys()


@pytest.mark.parametrize("option", ["--handles=3", "--engine=sync", "--marker-color=RED", "--direction=sad"])
def test_what_a_plan_depends_on_is_not_changed_when_it_is_run(tmp_path: Path, option: str) -> None:
    """`run PLAN.json` performs what was planned; it says where the option belongs."""
    ran = call("run", tmp_path / "plan.json", "-o", tmp_path / "out.otio", option)
    assert 2 == ran.status
    assert "Give it to `reperform plan`" in ran.err
