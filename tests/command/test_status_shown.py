"""`status`: the attempts of the timeline that is named, by everything that `run --only` takes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import burned
from reperform.timing import parse_timecode
from whole import cut_kit as cut
from whole.command_kit import call, run
from whole.cut_kit import Rushes

NTSC = Fraction(30000, 1001)
START = parse_timecode("00:59:59;00", NTSC)
MARKS = [("RP: angry; character: MARA", 4, 6), ("RP: sad; character: TOM", 24, 6)]


def write(folder: Path, name: str, *, drop: bool = True, marks: list[tuple[str, int, int]] | None = None) -> Path:
    """40 frames that begin a second before the hour, of two drop-frame clips that are seen for 20 each."""
    film = folder / "A001.mov"
    if not film.exists():
        burned.make_movie(film, rate=NTSC, frames=60, size=(160, 90), channels=1, codec="mjpeg", timecode="10:00:00;00")
    rushes = Rushes(film, NTSC, 60, parse_timecode("10:00:00;00", NTSC))
    said = MARKS if marks is None else marks
    clips = [
        cut.clip(rushes, first, 20, marks=[one for one in said if first <= one[1] < first + 20]) for first in (0, 20)
    ]
    start = START if drop else parse_timecode("00:59:59:00", NTSC)
    return cut.save(cut.timeline(cut.track(*clips), start=start, rate=NTSC), folder / name)


CHARACTERS = ["MARA", "TOM", ""]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cut performed twice over, as it was and with another mark, and a third of the same project."""
    folder = tmp_path_factory.mktemp("status") / "cut"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder.parent / "state"))
        run(write(folder, "one.otio"), folder / "one_RP.otio")
        run(write(folder, "two.otio", marks=[MARKS[0], ("RP: happy", 33, 4)]), folder / "two_RP.otio")
    return folder


def shown(*arguments: str | Path) -> list[str]:
    """Of which characters, in the order of the cut: which of two that are performed at once is begun first is left to chance."""
    ran = call("status", "--json", *arguments)
    assert ran.status == 0, ran.said
    return sorted((cue for attempt in ran.json["attempts"] for cue in attempt["characters"]), key=CHARACTERS.index)


@pytest.mark.parametrize(
    ("name", "expected", "others"),
    [
        pytest.param("one.otio", ["MARA", "TOM"], 1, id="the cut"),
        pytest.param("one_RP.otio", ["MARA", "TOM"], 1, id="what was written"),
        pytest.param("two.otio", ["MARA", ""], 1, id="one whose take another cut paid for"),
        pytest.param(".", ["MARA", "TOM", ""], 0, id="the folder"),
        pytest.param("cut.reperform", ["MARA", "TOM", ""], 0, id="the project"),
    ],
)
def test_a_timeline_shows_its_own(folder: Path, name: str, expected: list[str], others: int) -> None:
    """What was made for it, and what its takes are made of; how many others there are is said."""
    assert shown(folder / name) == expected
    assert call("status", "--json", folder / name).json["others"] == others
    said = call("status", folder / name).out
    assert ("1 more of the project's other timelines" in said) == bool(others)
    assert shown(folder / name, "--all") == ["MARA", "TOM", ""]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("00:59:59;04-00:59:59;05", ["MARA"], id="a range that touches a cue"),
        pytest.param("00:59:59:04-00:59:59:05", ["MARA"], id="with colons"),
        pytest.param("00:59:59;10-00:59:59;24", [], id="a range between the cues"),
        pytest.param("00:59:59;00-01:00:00;02", ["MARA", "TOM"], id="over a minute that drops none"),
        pytest.param("00:59:59;15", ["MARA"], id="a moment of the shot"),
        pytest.param("00:59:59;25", ["TOM"], id="a moment of the next shot"),
        pytest.param("V1@00:59:59;00#1", ["MARA"], id="a cue"),
        pytest.param("V1@00:59:59;20", ["TOM"], id="a shot"),
        pytest.param("tom", ["TOM"], id="a character"),
        pytest.param("A001", ["MARA", "TOM"], id="a clip"),
        pytest.param("fetched", ["MARA", "TOM"], id="a state"),
        pytest.param("preview", ["MARA", "TOM"], id="an engine"),
    ],
)
def test_only_takes_what_run_takes(folder: Path, word: str, expected: list[str]) -> None:
    """Record timecode as frames, whatever its punctuation, and a moment, a state, an engine besides."""
    if not expected:
        ran = call("status", folder / "one.otio", "--only", word)
        assert (ran.status, f"`--only {word}` fits no attempt" in " ".join(ran.said.split())) == (2, True)
        return
    assert shown(folder / "one.otio", "--only", word) == expected


def test_an_attempt_is_named_by_the_beginning_of_its_id(folder: Path) -> None:
    """As `cancel --attempt` takes it."""
    attempts = call("status", "--json", folder / "one.otio").json["attempts"]
    [first] = [each["attempt"] for each in attempts if each["characters"] == ["MARA"]]
    assert shown(folder / "one.otio", "--only", first[:8]) == ["MARA"]
