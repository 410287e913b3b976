"""Reports made by hand: what comes first, what is left out, what is drawn."""

from __future__ import annotations

import re

import pytest

from reperform.reporting.allowing import allowed
from reperform.reporting.documents import Decision, Note
from reperform.reporting.drawing import nice_steps, span_text
from reperform.reporting.plots import cost_plot, stretches, wait_plot
from reperform.reporting.sums import sums_of
from report.report_kit import Page, check, cue, job, rendered, report, shot, source_of, take

FAILING = take("T_RP002", label="Take 2", in_cut=False, checks=(check("raster", passed=False, detail="2 × 2"), check()))


def test_checks_that_fail_come_first() -> None:
    """Above all shots, with the shot, the check and what was measured; and again in their shot."""
    words = rendered(report(shot(), shot(1, [take(), FAILING]))).words
    assert "1 of them fails a check, and is not in the cut" in words
    assert words.index("Take 2 of shot 1 01:00:00:00 fails its check raster : 2 × 2") < words.index("Shots Each with")
    assert words.index("✕ Take 2 fails raster") < words.index("✓ Take 1 passed all checks")


def test_nothing_wrong_has_no_such_part() -> None:
    """A report of good takes says that they passed."""
    words = rendered(report(shot(1, [take()]))).words
    assert "To look at first" not in words
    assert "✓ checks every take passed all of them" in words


def test_equal_problems_are_said_once() -> None:
    """With their places; many of them are counted."""
    problems = tuple(
        {
            "severity": "warning",
            "message": "low light",
            "fix": None,
            "where": {"track": "V1", "clip": f"c{n}", "timecode": None},
        }
        for n in range(20)
    )
    words = rendered(report(shot(1, [take()]), problems=problems)).words
    assert 1 == words.count("low light")
    assert "and at 14 other places" in words


@pytest.mark.parametrize(
    ("takes", "large"),
    [
        ([take("a", in_cut=True), take("b", in_cut=False)], "a"),
        ([take("a", in_cut=True), take("b", in_cut=False, decision=Decision(circled=True))], "b"),
        ([take("a", in_cut=False), take("b", in_cut=False)], "b"),
        ([], None),
    ],
    ids=["what is in the cut", "what is circled", "the newest where the original plays", "none without takes"],
)
def test_the_take_beside_the_original(takes: list, large: str | None) -> None:  # type: ignore[type-arg]  # of versions
    """What was decided, else what plays, else what was made last."""
    beside = shot(0, takes).beside
    assert large == (beside.id if beside else None)


@pytest.mark.parametrize(
    "hostile",
    ['"><img src=x onerror=alert(1)>', "</style><script>alert(1)</script>", "{{ 7 * 7 }}", "\u202eabc\x07"],
    ids=["an attribute's end", "a style's end", "a template", "turned and rung"],
)
def test_every_word_of_others_is_text(hostile: str) -> None:
    """Names, lines, notes, checks, engines and errors leave the page's elements and attributes as they are."""
    page, plain = _all_said(hostile), _all_said("harmless")
    assert [(tag, set(names)) for tag, names in plain.tags] == [(tag, set(names)) for tag, names in page.tags]
    assert "49" not in re.findall(r"<bdi>(.*?)</bdi>", page.source)
    assert not {"\x07", "\u202e"} & set(page.source)


def _all_said(words: str) -> Page:
    """A report in which everything that comes from outside says this."""
    bad = take(
        words,
        label=words,
        file=words,
        reel=words,
        engine=words,
        model="m",
        consent=(words,),
        changed=(words,),
        checks=(check(words, detail=words), check(words, passed=False, detail=words)),
        decision=Decision(circled=True, notes=(Note(timecode=words, text=words),)),
    )
    line = cue(character=words, line=words, direction=words, further=words, voice="v", note=words, consent=words)
    made = shot(0, [bad], clip=words, source=words, cues=(line,), id=words, track=words, record_in=words)
    problems = (
        {
            "severity": "error",
            "message": words,
            "fix": words,
            "where": {"track": None, "clip": words, "timecode": words},
        },
    )
    jobs = [job(clip=words, engine=words, model="m", state="failed", error=words, record_in=words, paid_by=words)]
    return rendered(report(made, jobs=jobs, name=words, path=words, project=words, problems=problems))


def test_two_thousand_shots_are_a_page() -> None:
    """In a few seconds and megabytes; the plot of the jobs has as many lanes as ran at once."""
    shots = [shot(number, [take(f"T{number}")], id=f"V1@{number}") for number in range(2000)]
    jobs = [job(number, begun=number * 2.0, shot=f"V1@{number}") for number in range(2000)]
    source = source_of(report(*shots, jobs=jobs))
    assert 2000 == source.count("<article")
    assert len(source) < 12_000_000
    assert "and 1,400 jobs more" in source
    tall = [float(height) for height in re.findall(r'viewBox="0 0 \d+ (\d+)"', source)]
    assert max(tall) < 300


@pytest.mark.parametrize(
    ("shots", "width", "with_pictures", "originals", "others"),
    [(10, 560, 10, True, True), (250, 280, 250, True, True), (1000, 192, 1000, True, True), (2000, 192, 2000, True, False),
     (3000, 192, 3000, False, False), (9000, 192, 4500, False, False)],
    ids=["a few", "many", "a thousand", "two thousand", "three thousand", "more than fit"],
)  # fmt: skip
def test_how_many_pictures_there_are(shots: int, width: int, with_pictures: int, originals: bool, others: bool) -> None:
    """The more there are the smaller they are; then the other takes go, then the originals, then the last shots."""
    found = allowed([shot(0, [take(), FAILING])] * shots)
    assert (width, with_pictures, originals, others) == (found.width, found.shots, found.originals, found.others)
    assert bool(found.said) == (not others)


def test_costs_and_waits_are_drawn_by_engine() -> None:
    """Each engine with its figures as words; what failed was not waited for; what costs nothing has no plot."""
    jobs = [job(waited=9), job(1, waited=11), job(2, engine="fal", counted_usd=None, state="unknown", waited=None)]
    engines = sums_of(report(jobs=jobs)).engines
    assert [("sync react-1", 1.0, (9, 11)), ("fal react-1", None, ())] == [
        (each.name, each.cost_usd, each.waits) for each in engines
    ]
    assert {"sync react-1", "$1.00 cost", "$0.80 estimate", "unknown cost"} <= set(_texts(cost_plot(engines)))
    assert {"2 with a result", "median 10 s"} <= set(_texts(wait_plot(engines)))
    free = sums_of(report(jobs=[job(engine="preview", counted_usd=0.0, estimate_usd=0.0, waited=None)])).engines
    assert ("", "") == (cost_plot(free), wait_plot(free))


def test_a_night_between_two_runs_is_not_drawn() -> None:
    """After a pause the plot begins anew; jobs that never left this machine are in the table only."""
    jobs = [job(0), job(1, begun=5), job(2, begun=40_000), job(3, begun=3, sent_at=None)]
    found = stretches(jobs)
    assert [("a0", "a1"), ("a2",)] == [tuple(each.attempt for each in stretch.jobs) for stretch in found]
    assert {"shot 0  01:00:00:10", "9 s"} <= set(_texts(found[0].plot))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (0.44, "0.4 s"), (59.6, "1 min"), (75, "1 min 15 s"), (3725, "1 h 2 min"), (90000, "1 d 1 h")],
)
def test_spans_are_said_as_people_say_them(seconds: float, words: str) -> None:
    """Two units at most."""
    assert words == span_text(seconds)


@pytest.mark.parametrize(
    ("most", "of_time", "steps"),
    [(4.2, False, [0, 1, 2, 3, 4, 5]), (0.35, False, [0, 0.1, 0.2, 0.3, 0.4]), (170, True, [0, 60, 120, 180]), (0, False, 6)],
    ids=["dollars", "cents", "minutes", "nothing"],
)  # fmt: skip
def test_axes_have_round_numbers(most: float, of_time: bool, steps: list[float] | int) -> None:
    """From zero to the first that is not below what is drawn."""
    found = list(nice_steps(most, of_time=of_time))
    assert steps == (found if isinstance(steps, list) else len(found))


def _texts(plot: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", plot)
