"""The report of a cut that was performed: what is on the page, and what the page may do."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from reperform.ledger.ledger import Ledger
from reperform.review.scene import load
from reperform.review.versions import Shelf
from reperform.settings import Settings
from report.report_kit import Page, Performed, read
from whole.command_kit import call

FIRST = "V1@01:00:00:00"


@pytest.fixture(scope="module")
def decided(performed: Performed) -> Performed:
    """Somebody has reviewed it: the older take is circled, the newer one rejected, both with notes."""
    first, second = _takes(performed)
    with Ledger.open(_project(performed)) as ledger:
        decide = ledger.decisions.decide
        decide(performed.out, shot=FIRST, version=first, action="circle")
        decide(performed.out, shot=FIRST, version=first, action="note", frame=7, text="keep “<b>this</b>” look")
        decide(performed.out, shot=FIRST, version=second, action="reject")
        decide(performed.out, shot=FIRST, version=second, action="note", text="too much")
    return performed


@pytest.fixture(scope="module")
def page(decided: Performed, tmp_path_factory: pytest.TempPathFactory) -> Page:
    written = tmp_path_factory.mktemp("report") / "report.html"
    ran = call("report", decided.out, "-o", written)
    assert (ran.status, ran.said) == (0, f"Wrote {written}: 3 shots.")
    return read(written.read_text(encoding="utf-8"))


def test_it_is_one_file_that_may_do_nothing(page: Page) -> None:
    """No script, no address, no form; pictures are in it; only the style that is in it is allowed."""
    style = re.findall(r"<style>(.*?)</style>", page.source, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    forbids = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert (1, forbids) == (len(style), page.policy)
    assert {"script", "link", "iframe", "form", "object", "i", "b"} & {tag for tag, _ in page.tags} <= {"b"}
    assert "http" not in re.sub(r'http-equiv="', "", page.source)
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "style"]
    assert {source[:23] for source in (image["src"] for image in page.all("img"))} == {"data:image/jpeg;base64,"}


def test_original_and_take_are_shown_at_the_same_frame(page: Page) -> None:
    """The frame lies in the cue, is one and the same in all versions, and is the one that the words name."""
    shown = {image["alt"].rpartition(" ")[2]: page.number(image["alt"]) for image in page.all("img")}
    frames = [(image["alt"].split(",")[0], page.number(image["alt"])) for image in page.all("img")]
    by_clip = {clip: {number for name, number in frames if name == clip} for clip, _ in frames}
    assert [1, 1, 1] == [len(numbers) for numbers in by_clip.values()]
    assert set(range(10, 22)) & by_clip["Mara asks"] and set(range(40, 48)) & by_clip["<script>alert(1)</script>"]
    first = next(timecode for timecode in shown if timecode.startswith("01:00:00"))
    assert shown[first] == 5 + int(first[-2:])


def test_what_is_circled_is_large_and_what_is_not_saved_yet_says_so(page: Page) -> None:
    """The older take is circled: it stands beside the original, and the one in the cut is small and rejected."""
    first, second = (page.image(f"Mara asks, take {number},") for number in (1, 2))
    assert first.width > second.width
    assert "circled, not yet saved into the timeline" in page.words
    assert "Take 2 in the cut rejected" in page.words


@pytest.mark.parametrize(
    "words",
    [
        "3 shots 2 performed, 1 without a take",
        "1 circled 1 rejected, 2 notes",
        "angry takes: 2",
        "sad, head",
        "driven by: own sound",
        "note: <b>lighter</b>",
        "Take 1, Take 2 passed all checks",
        "01:00:00:07 keep “<b>this</b>” look",
        "Notes on take 2 too much",
        "signed 2026-03-02",
        "A001C001_10000000_RP003.mov",
        "sync react-1: Sync rejected this job; it never ran.",
        "resume --retry-failed asks for it again",
        "$0.21 estimated, 2 jobs",
        "Tom answers 01:00:01:24: rejected",
    ],
)
def test_it_says(page: Page, words: str) -> None:
    """What was asked, came of it, was decided, is consented, cost and went wrong, in words."""
    assert words in page.words


def test_what_went_wrong_comes_first(page: Page) -> None:
    """Before any shot."""
    assert (
        page.words.index("To look at first") < page.words.index("Sync rejected") < page.words.index("Shots Each with")
    )


def test_names_that_are_scripts_are_words(page: Page) -> None:
    """Names and notes of others stand on the page as they were typed."""
    assert "<script>alert(1)</script>" in page.words
    assert "The <i>Letter</i>" in page.words
    assert "<script" not in page.source


def test_json_says_the_same(decided: Performed) -> None:
    """Costs, states and decisions for programs, and nothing else on standard output."""
    said = call("report", decided.out, "--json").json
    first = said["shots"][0]
    assert ["performed", "performed", "waiting"] == [shot["state"] for shot in said["shots"]]
    assert [False, True, False] == [version["decision"]["circled"] for version in first["versions"]]
    assert [{"timecode": "01:00:00:07", "text": "keep “<b>this</b>” look"}] == first["versions"][1]["decision"]["notes"]
    assert ["rejected", "fetched", "fetched", "fetched"] == sorted((job["state"] for job in said["jobs"]), reverse=True)
    assert all(job["waited_seconds"] > 0 for job in said["jobs"] if job["state"] == "fetched")
    total = sum(shot["cost_usd"] for shot in said["shots"])
    assert said["totals"]["cost_usd"] == pytest.approx(total) == pytest.approx(_cost(decided))
    assert said["out"] is None


def test_versions_are_called_as_on_the_review_page(decided: Performed) -> None:
    """A note that says `Take 2` there means the take that is called so here."""
    with Ledger.open(_project(decided)) as ledger:
        scene = load(decided.out, project=_project(decided), settings=Settings(), ledger=ledger)
        shelf = Shelf(ledger)
        there = {shot.id: [(each.id, each.label) for each in shelf.versions(shot)] for shot in scene.shots.values()}
    shots = call("report", decided.out, "--json").json["shots"]
    assert there == {shot["id"]: [(each["id"], each["label"]) for each in shot["versions"]] for shot in shots}


def test_offline_media_become_words(decided: Performed, tmp_path: Path) -> None:
    """Without original, takes and project the timeline alone tells what it knows, and what is missing is said."""
    alone = Path(shutil.copy(decided.out, tmp_path / "out.otio"))
    ran = call("report", alone, "-o", tmp_path / "report.html", "--project", tmp_path / "none.reperform")
    page = read((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert (0, []) == (ran.status, page.all("img"))
    assert "its media is not here" in page.words
    assert "The project of this timeline is not here" in page.words
    assert "angry takes: 2" in page.words
    assert "Take 1, Take 2 passed all checks" in page.words


def test_without_pictures(decided: Performed, tmp_path: Path) -> None:
    """The words stay, and the page says that it was asked for without."""
    call("report", decided.out, "-o", tmp_path / "report.html", "--no-pictures")
    page = read((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert ([], True) == (page.all("img"), "This file was made without pictures." in page.words)


def test_the_project_is_as_it_was(decided: Performed, tmp_path: Path) -> None:
    """A report changes neither the timeline nor anything beside it."""
    before = sorted((path, path.stat().st_mtime_ns) for path in decided.folder.glob("*.otio"))
    call("report", decided.out, "-o", tmp_path / "report.html")
    assert before == sorted((path, path.stat().st_mtime_ns) for path in decided.folder.glob("*.otio"))


def _project(performed: Performed) -> Path:
    return next(performed.folder.glob("*.reperform"))


def _takes(performed: Performed) -> list[str]:
    """Ids of the takes of the first shot, oldest first."""
    with Ledger.open(_project(performed)) as ledger:
        made = [json.loads(row.document or "{}") for row in ledger.takes.all()]
    return [take["id"] for take in sorted(made, key=lambda take: take["number"]) if take["shot_id"] == FIRST]


def _cost(performed: Performed) -> float:
    return float(call("status", performed.out, "--json").json["cost"]["amount"])
