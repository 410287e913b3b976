"""`reperform report` as it is called: where it writes, what it refuses, and PDF by way of a browser."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import opentimelineio as otio
import pytest

from fake_takes import clip, cut_of, shot_of, take_of, timeline_of, track
from reperform.errors import InputError, MediaError
from reperform.reporting import browsers
from reperform.timeline import takes
from reperform.timeline.saving import save
from whole.command_kit import call

PAGE = "<!DOCTYPE html><title>report</title><p>one page</p>"


def written(folder: Path, *, for_: str = "otio", retimed: bool = False) -> Path:
    """A timeline with two takes of its one shot, whose media never was; no project."""
    shown = clip("Mara asks", 24, 48)
    cut = cut_of(timeline_of(track(shown)), folder)
    shot = shot_of(cut, shown, media_start=0, retimed=retimed)
    made = [take_of(shot, 1, preview=True), take_of(shot, 2)]
    out = folder / "out.otio"
    done = takes.write(cut, shots=[shot], takes={shot.id: made}, chosen={}, for_=for_, out=out)
    save(done.timelines, out, input_path=None)
    return out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say where the report goes"),
        (("-o", "report.docx"), "does not say in which form"),
        (("-o", "report"), "does not say in which form"),
        (("-o", "no_folder/report.html"), "there is no folder"),
        (("-o", "report.html"), "was not written by reperform"),
        (("--json",), "was not written by reperform"),
    ],
    ids=["no place", "another form", "no form", "no folder", "a cut of somebody else's", "the same for programs"],
)
def test_wrong_calls_say_what_to_do(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 2, one sentence, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    otio.adapters.write_to_file(timeline_of(track(clip("a", 0, 24))), "cut.otio")
    ran = call("report", "cut.otio", *arguments)
    assert (2, True) == (ran.status, said in ran.said), ran.said
    assert ["cut.otio"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("for_", ["otio", "resolve", "avid"])
@pytest.mark.parametrize("retimed", [False, True], ids=["", "retimed"])
def test_every_way_to_write_takes_is_read(for_: str, retimed: bool, tmp_path: Path) -> None:
    """References, tracks, or both; of the timeline alone, whatever its clock."""
    said = call("report", written(tmp_path, for_=for_, retimed=retimed), "--json").json
    shot = said["shots"][0]
    assert ("Mara asks", "V1", "01:00:00:00", "01:00:02:00") == tuple(
        shot[name] for name in ("clip", "track", "record_in", "record_out")
    )
    assert [("Original", False), ("Take 1", True), ("Preview 1", False)] == [
        (version["label"], version["in_cut"]) for version in shot["versions"]
    ]
    assert ("angry, temperature: 0.8", "01:00:00:00", "MARA") == tuple(
        shot["cues"][0][name] for name in ("direction", "record_in", "character")
    )
    assert ["MARA: signed"] == shot["versions"][1]["consent"]
    assert 1 == len(said["left_out"])


def test_it_never_goes_onto_the_timeline(tmp_path: Path) -> None:
    """Not under another spelling either."""
    out = written(tmp_path)
    before = out.read_bytes()
    odd = Path(shutil.copy(out, tmp_path / "timeline.html"))
    ran = call("report", odd, "-o", tmp_path / "." / "timeline.html")
    assert (2, before) == (ran.status, odd.read_bytes())


def test_what_somebody_wrote_into_it_is_kept(tmp_path: Path) -> None:
    """An earlier file that is not as we wrote it gets a number."""
    out, report = written(tmp_path), tmp_path / "report.html"
    report.write_text("mine")
    ran = call("report", out, "-o", report)
    assert "it is kept as report.1.html" in ran.said
    assert "mine" == (tmp_path / "report.1.html").read_text()
    assert "Mara asks" in report.read_text(encoding="utf-8")


def browser(folder: Path, does: str) -> Path:
    """A program that is called as a browser is: `page` and `pdf` are the paths."""
    program = folder / "browser"
    script = f"""#!{sys.executable}
import pathlib, sys, urllib.parse
pdf = pathlib.Path(next(word for word in sys.argv if word.startswith("--print-to-pdf=")).partition("=")[2])
page = pathlib.Path(urllib.parse.unquote(sys.argv[-1].removeprefix("file://")))
{does}
"""
    program.write_text(script)
    program.chmod(0o755)
    return program


posix = pytest.mark.skipif(sys.platform == "win32", reason="a script is a program by its mode")


@posix
def test_a_pdf_is_printed_by_a_browser(tmp_path: Path) -> None:
    """Of the same page; nothing else stays beside it."""
    out = written(tmp_path)
    does = (
        "assert 'Mara asks' in page.read_text(encoding='utf-8'); pdf.write_bytes(b'%PDF-1.4 of ' + page.name.encode())"
    )
    ran = call("report", out, "-o", tmp_path / "report.pdf", "--browser", browser(tmp_path, does))
    assert (0, b"%PDF-1.4 of report.html") == (ran.status, (tmp_path / "report.pdf").read_bytes()), ran.said
    assert {"browser", "out.otio", "report.pdf"} == {path.name for path in tmp_path.iterdir()}


@posix
@pytest.mark.parametrize(
    ("does", "said"),
    [("sys.exit('no display')", "no display"), ("pass", "made no PDF"), ("pdf.write_text('<html>')", "made no PDF")],
    ids=["it ends with an error", "it makes nothing", "it makes something else"],
)
def test_a_browser_that_fails(does: str, said: str, tmp_path: Path) -> None:
    """Says what it said, and how to print without it; nothing is left."""
    ran = call("report", written(tmp_path), "-o", tmp_path / "report.pdf", "--browser", browser(tmp_path, does))
    assert (1, True) == (ran.status, said in ran.said), ran.said
    assert "Write the report as .html" in ran.said
    assert {"browser", "out.otio"} == {path.name for path in tmp_path.iterdir()}


@posix
def test_without_a_browser_it_says_how_to_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 2, and the way by HTML."""
    monkeypatch.setenv("PATH", str(tmp_path))
    if next(browsers.installed(), None):
        pytest.skip("this system has a browser in its usual place")
    ran = call("report", written(tmp_path), "-o", tmp_path / "report.pdf")
    assert (2, True) == (ran.status, "print it from any browser" in ran.said)
    assert ["out.otio"] == [path.name for path in tmp_path.iterdir()]
    with pytest.raises(InputError, match="no program here"):
        browsers.find(tmp_path / "nothing")


@pytest.mark.skipif(next(browsers.installed(), None) is None, reason="no Chromium, Chrome or Edge here")
def test_a_real_browser_prints(tmp_path: Path) -> None:
    """A PDF of one page, of a page that it was given."""
    page, pdf = tmp_path / "a page.html", tmp_path / "out.pdf"
    page.write_text(PAGE)
    try:
        browsers.print_pdf(page, pdf, browser=browsers.find())
    except MediaError as error:
        pytest.skip(f"the browser here does not work: {error.cause}")
    assert b"/Type /Page\n" in pdf.read_bytes() or b"/Count 1" in pdf.read_bytes()
