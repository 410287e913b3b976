"""What a person reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from planning.builders import cue, planned, shot, spoken_cue
from reperform import tables
from reperform.direction import Direction
from reperform.model import IgnoredMarker, Place, Plan, Problem, Voice


def realistic(target: str = "sync/react-1") -> Plan:
    """Three shots with marks of several kinds, an error, and markers that are none of ours."""
    guide = Voice(kind="track", label="mara_012 (A3)")
    return planned(
        shot(
            cue(100, 60, emotion="angry", region="head", voices=[guide], character="MARA"),
            cue(300, 29, emotion="sad", temperature=0.8),
        ),
        shot(
            cue(500, 431, emotion="surprised", voices=[Voice(kind="file", path=Path("adr/jon_line_4.wav"))]),
            length=1000,
            id="V2@01:00:20:00",
            track="V2",
            clip="JON_OTS_T1_A007C012_240711_R2EC",
        ),
        shot(
            spoken_cue(20, 48, "No, I never said that to anyone in this room.", voice="Rachel"),
            cue(130, 60, emotion="happy", takes=3),
            cue(260, 40, emotion="angry", paid=True),
            id="V3@01:00:40:00",
            track="V3",
            clip="PRESENTER_WIDE",
        ),
        target=target,
        problems=[
            Problem(
                severity="error",
                where=Place(track="V1", clip="INSERT_PHONE", timecode="01:10:31:02"),
                message="The media is missing: INSERT_PHONE.mov.",
                fix="Relink it, or name a folder to look in: --media-root DIR",
            )
        ],
        ignored=[IgnoredMarker(clip="MARA_CU_T3", record_in="01:00:05:00", text="check focus", why="no direction")],
    )


EXPECTED = """\
Scene 04   scene_04.otio · 23.976 fps · from 01:00:00:00 · otio

  record        length  direction          voice                               sent   cost
V1  MARA_CU_T3
  01:00:04:04   2.50 s  MARA: angry, head  mara_012 (A3)                     3.00 s  $0.48
  01:00:12:12   1.21 s  sad, 0.8           own sound                         1.71 s  $0.27
V2  JON_OTS_T1_A007C012_240711_R2EC
  01:00:20:20  17.98 s  surprised          jon_line_4.wav            13.43 + 5.71 s  $3.07
V3  PRESENTER_WIDE
  01:00:00:20   2.00 s  as the picture     “No, I never said that            2.25 s  $0.36
                                           to anyone in this…” by
                                           Rachel
  01:00:05:10   2.50 s  happy, 3 takes     own sound                     3 × 3.00 s  $1.44
  01:00:10:20   1.67 s  angry              own sound                           paid      –

1 error
  V1  INSERT_PHONE  01:10:31:02
    The media is missing: INSERT_PHONE.mov.
    → Relink it, or name a folder to look in: --media-root DIR

2 notes
  V2  JON_OTS_T1_A007C012_240711_R2EC  01:00:20:20
    18.0 s is longer than sync react-1 takes (14.9 s with context): it goes in 2 parts (12.9
    + 5.2 s).
  V3  PRESENTER_WIDE  01:00:00:20
    sync react-1 speaks from the first frame it gets, so no context is sent before this
    line.

1 marker left alone
  01:00:05:00  MARA_CU_T3  “check focus”: no direction

3 shots, 6 cues, 8 jobs   27.86 s marked, 35.12 s sent
Cost: $5.62
sync react-1: 0.167 USD a second of 25 frames; Sync's price table (docs.sync.so), the price
of small volumes, 2026-08-25
"""


def test_a_plan_reads_well() -> None:
    """Shots with their cues in columns, problems with places and ways out, ignored markers, sums and prices."""
    assert tables.plan_table(realistic(), width=92) == EXPECTED


@pytest.mark.parametrize("width", [80, 100, 110])
@pytest.mark.parametrize("target", ["sync/react-1", "sync/sync-3", "runware", "segmind", "preview"])
def test_no_line_is_wider_than_asked(target: str, width: int) -> None:
    """Columns fold, lines do not run over, and no word of the table is cut off."""
    text = tables.plan_table(realistic(target), width=width)
    assert [line for line in text.splitlines() if len(line) > width] == []
    assert "own sound" in text


def test_a_preview_shows_no_cost_of_a_cue() -> None:
    """Nothing is paid, so there is no column for it; the last line says what the other engine would cost."""
    text = tables.plan_table(realistic("preview"), width=92)
    assert "  cost" not in text
    assert text.endswith("A preview is free; sync react-1 would cost $5.62.\n")


def test_plain_text_has_no_colours() -> None:
    """A log gets text only, a terminal gets colours around the same words."""
    plain, styled = (tables.plan_table(realistic(), width=92, styled=wanted) for wanted in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[" in styled


def test_a_name_cannot_command_the_terminal() -> None:
    """Control characters in a clip's name, a marker or a message are not passed on; square brackets are no markup."""
    plan = planned(
        shot(cue(100, 60), clip="[red]A\x1b]0;owned\x07B"),
        ignored=[IgnoredMarker(text="x\x1b[2Jy", why="no direction")],
        problems=[Problem(severity="note", where=Place(clip="\x9b31m"), message="[bold]\x1b[31m")],
    )
    text = tables.plan_table(plan, width=92)
    assert not {letter for letter in text if not letter.isprintable()} - {"\n"}
    assert "[red]A ]0;owned B" in text


def test_equal_problems_are_said_once() -> None:
    """One message with all its places; beyond four they are counted."""
    problems = [
        Problem(severity="warning", where=Place(track="V1", timecode=f"01:00:0{second}:00"), message="It is dark.")
        for second in range(6)
    ]
    assert tables.problems_text(problems, width=80) == (
        "6 warnings\n"
        "  V1  01:00:00:00\n"
        "  V1  01:00:01:00\n"
        "  V1  01:00:02:00\n"
        "  V1  01:00:03:00\n"
        "  and at 2 other places\n"
        "    It is dark.\n"
    )
    assert tables.problems_text([]) == ""


def test_errors_stand_before_warnings_before_notes() -> None:
    """The worst is read first."""
    problems = [Problem(severity=one, message=f"A {one}.") for one in ("note", "error", "warning")]
    assert [line for line in tables.problems_text(problems, width=80).splitlines() if line.startswith("1 ")] == [
        "1 error",
        "1 warning",
        "1 note",
    ]


def test_engines_say_what_they_can_and_whether_a_key_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its models, prices with dates, and the key by the name of its variable, never by its value."""
    for name in ("RUNWARE_API_KEY", "SEGMIND_API_KEY", "FAL_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SYNC_API_KEY", "sk-secret")
    text = tables.engines_table(width=100)

    assert "sync   key present\n  react-1   0.167 USD a second of 25 frames (2026-08-25), up to 14.9 s a job\n" in text
    assert "    emotion, region, temperature, spoken lines\n" in text
    assert "segmind   no key (SEGMIND_API_KEY)\n  react-1   sync.so-react-1   no published price (2026-11)" in text
    assert "sk-secret" not in text
    assert "fal   key present" in tables.engines_table({"fal": True}, width=100)


def test_findings_stand_in_groups() -> None:
    """What is missing says so, with its way out."""
    found = [
        SimpleNamespace(group="media", name="FFmpeg", value="7.1", state="good", fix=None),
        SimpleNamespace(group="media", name="PyAV", value="not installed", state="missing", fix="Install it."),
        SimpleNamespace(group="disk", name="free", value="80 GB", state="good", fix=None),
    ]
    assert tables.findings_text(found, width=80) == (
        "media\n  FFmpeg  7.1\n  PyAV    missing: not installed\n          → Install it.\n\ndisk\n  free    80 GB\n"
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "as the picture"),
        ({"emotion": "angry", "region": "head", "temperature": 0.8}, "angry, head, 0.8"),
        ({"sync": "remap", "takes": 2}, "remap, 2 takes"),
        ({"speaker": (640, 360), "occlusion": True}, "speaker 640 360, occlusion on"),
        ({"boxes": "faces.json"}, "boxes faces.json"),
        ({"engine": "fal"}, "as the picture → fal"),
        ({"emotion": "sad", "engine": "sync", "model": "sync-3"}, "sad → sync sync-3"),
    ],
)
def test_directions_in_few_words(asked: dict[str, Any], expected: str) -> None:
    """What is asked and nothing else."""
    assert tables.direction_text(Direction(**asked)) == expected


def test_rich_is_imported_only_to_print() -> None:
    """Importing the tables does not import what only printing needs."""
    program = "import sys, reperform.tables; print('rich' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
