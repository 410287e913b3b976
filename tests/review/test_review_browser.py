"""The review page in a real browser: what an editor sees, does, and finds in the timeline afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import opentimelineio as otio
import pytest

from reperform.timing import format_timecode
from review import browser as eyes
from review.browser import Served, needs_chromium, number_shown, shown, wait
from whole import cut_kit as cut
from whole.scene import RATE, Scene, files

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = needs_chromium

FIRST = {"A001": 10, "B001": 116}
"""The number that is burned into the first visible frame of each clip."""


@pytest.fixture(scope="module")
def served(performed: Path) -> Iterator[Served]:
    with eyes.started(performed / "cut_RP.otio") as review:
        yield review


@pytest.fixture(scope="module")
def tab(browser: Browser, served: Served) -> Iterator[Page]:
    page = eyes.look(browser, served.link)
    yield page
    page.context.close()


@pytest.fixture
def page(tab: Page) -> Page:
    """The page at the first frame of its first shot's take, standing."""
    tab.evaluate(
        """() => {
            const { player, viewer, cut } = window.review;
            document.activeElement?.blur();
            player.stop();
            player.compare("single");
            viewer.looping = false;
            viewer.inContext = false;
            cut.look({ shot: cut.data.shots[1].id });
            cut.look({ shot: cut.data.shots[0].id });
        }"""
    )
    wait(tab, "review.player.status === 'ready' && review.player.live.feeds.every((feed) => feed.isThere)")
    return tab


@pytest.fixture
def own(performed: Path, tmp_path: Path) -> Scene:
    """A copy of the scene, for what writes into it."""
    shutil.copytree(performed, tmp_path / "scene")
    return Scene(tmp_path / "scene")


def settled(page: Page) -> None:
    wait(page, "review.player.speed === 0 && review.player.live.feeds.every((feed) => feed.isThere)")


def test_every_frame_shown_is_the_one_that_is_named(page: Page) -> None:
    """The number burned into the picture, the frame, and both timecodes are of one frame."""
    for key, frame in (("Home", 0), ("ArrowRight", 1), ("Shift+ArrowRight", 26), ("End", 39), ("ArrowLeft", 38)):
        page.keyboard.press(key)
        settled(page)
        said = shown(page)
        wanted = {
            "frame": frame,
            "record": f"01:00:{frame // 25:02d}:{frame % 25:02d}",
            "source": f"14:22:{10 + (15 + frame) // 25}:{(15 + frame) % 25:02d}",
        }
        assert wanted == {key: said[key] for key in wanted}
        assert FIRST["A001"] + frame == number_shown(page)


def test_one_key_turns_to_the_take_and_keeps_the_frame(page: Page) -> None:
    """A shows the other version of the very same frame, while it stands."""
    page.keyboard.press("Shift+ArrowRight")
    settled(page)
    seen = []
    for _ in range(3):
        seen.append((number_shown(page), shown(page)["side"]))
        page.keyboard.press("a")
    settled(page)
    assert [(FIRST["A001"] + 25, "b"), (FIRST["A001"] + 25, "a"), (FIRST["A001"] + 25, "b")] == seen


def test_one_key_turns_to_the_take_and_goes_on_playing(page: Page) -> None:
    """While it plays, A goes on at the frame it was at; where it then stands, the number is that of the frame named."""
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    wait(page, "review.player.place >= 6")
    before = page.evaluate("review.player.place")
    page.keyboard.press("a")
    wait(page, "document.querySelector('#picture').dataset.side === 'a'")
    page.keyboard.press("k")
    settled(page)
    said = shown(page)
    assert said["frame"] >= before
    assert said["frame"] < 39, "it had not played to its end"
    assert FIRST["A001"] + said["frame"] == number_shown(page)


def test_playing_shows_the_frames_in_their_order_and_stops_at_the_last(page: Page) -> None:
    """Played from its first frame, a shot never goes back and ends on its last frame."""
    places = watched(page, ["Home", "Space"], "review.player.speed === 0 && review.player.shown?.place === 39")
    assert sorted(places) == places
    assert 39 == places[-1]
    assert FIRST["A001"] + 39 == number_shown(page)


def test_in_the_cut_the_next_shot_follows_the_last_frame(page: Page) -> None:
    """Over a cut: nothing is shown twice or goes back, and the next clip begins at its own first frames."""
    page.keyboard.press("t")
    places = watched(page, ["Home", "Space"], "review.player.place >= 50")
    page.keyboard.press("k")
    settled(page)
    assert sorted(places) == places
    assert [place for place in places if 34 <= place < 40], "the end of the first was seen"
    assert [place for place in places if 40 <= place < 46], "and the beginning of the second"
    said = shown(page)
    assert ("B001", FIRST["B001"] + said["frame"]) == (said["name"], number_shown(page))


def test_in_the_cut_a_clip_that_nothing_is_asked_of_is_heard(browser: Browser, own: Scene) -> None:
    """What the cut plays with it follows; what cannot be had is not asked for at every frame."""
    timeline = otio.adapters.read_from_file(str(own.out))
    damaged = cut.Rushes(own.folder / "damaged.mov", RATE, 60)
    damaged.path.write_bytes(b"no movie at all")
    timeline.tracks[0].extend([cut.clip(own.b, 0, 20), cut.clip(damaged, 0, 40)])
    cut.save(timeline, own.out)
    with eyes.started(own.out) as served:
        page, asked = eyes.look(browser, served.link), []
        page.on("request", lambda request: asked.append(request.url.removeprefix(served.base_url)))
        page.evaluate("review.cut.look({ shot: review.cut.data.shots[1].id })")
        page.keyboard.press("t")
        page.keyboard.press("Space")
        wait(page, "review.player.sound.playing?.url === '/sound/clip/2.wav'")
        wait(page, "review.player.speed > 0 && review.player.place > 100")
        assert 1 == asked.count("/sound/clip/3.wav")
        began, before = perf_counter(), asked.count("/media/clip/3.mp4")
        page.keyboard.press("j")
        wait(page, "review.player.speed < 0 && review.player.place < 90")
        assert asked.count("/media/clip/3.mp4") - before <= 1 + (perf_counter() - began) / 2
        page.context.close()


def test_a_loop_stays_about_its_cue(page: Page) -> None:
    """It plays the cue with what leads up to it, and begins again there."""
    page.keyboard.press("ArrowDown")
    wait(page, "review.player.status === 'ready' && document.querySelector('#shot-name').textContent === 'B001'")
    page.keyboard.press("p")
    low, high = page.evaluate("review.player.loop")
    places = watched(page, ["Space"], "window.went.some((place, at) => place < window.went[at - 1])")
    page.keyboard.press("k")
    assert (0, 26) == (low, high)
    assert all(low <= place < high for place in places)


def test_backwards_and_faster(page: Page) -> None:
    """J plays backwards to the first frame; J again is faster."""
    page.keyboard.press("End")
    settled(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert -2 == page.evaluate("review.player.speed")
    wait(page, "review.player.speed === 0 && review.player.place === 0")
    settled(page)
    assert FIRST["A001"] == number_shown(page)


def watched(page: Page, keys: list[str], until: str) -> list[int]:
    """The programme's frames that were shown from pressing the last key on, until something is so."""
    for key in keys[:-1]:
        page.keyboard.press(key)
        settled(page)
    page.evaluate(
        """() => {
            window.went = [];
            window.stopWatching?.();
            const noted = () => window.went.push(window.review.player.shown.place);
            window.review.player.addEventListener("shown", noted);
            window.stopWatching = () => window.review.player.removeEventListener("shown", noted);
        }"""
    )
    page.keyboard.press(keys[-1])
    wait(page, until)
    places: list[int] = page.evaluate("(window.stopWatching(), window.went)")
    return [place for at, place in enumerate(places) if at == 0 or place != places[at - 1]]


def test_side_by_side_shows_one_frame_twice(page: Page) -> None:
    """Both halves carry the number of the frame that is named."""
    import numpy as np

    import burned

    page.keyboard.press("ArrowRight")
    page.keyboard.press("s")
    settled(page)
    image = np.asarray(eyes.picture(page))
    half = image.shape[1] * 160 // 328
    assert [FIRST["A001"] + 1] * 2 == [burned.number_in(image[:, :half]), burned.number_in(image[:, -half:])]


def test_the_difference_is_black_where_nothing_was_performed(page: Page) -> None:
    """Outside the cue the take is the original, and inside it is not."""
    import numpy as np

    page.keyboard.press("ArrowDown")
    wait(page, "review.player.status === 'ready' && document.querySelector('#shot-name').textContent === 'B001'")
    page.keyboard.press("d")
    means = {}
    for place, frame in (("outside", 0), ("inside", 12)):
        page.evaluate(f"review.player.seek({frame})")
        settled(page)
        means[place] = float(np.asarray(eyes.picture(page)).mean())
    assert means["outside"] < 24
    assert means["inside"] > means["outside"] + 4


def test_circled_and_saved_it_is_in_the_timeline(browser: Browser, own: Scene) -> None:
    """What is circled is what the saved file plays, and the version before is kept."""
    before, take = own.out.read_bytes(), str(files(own.played())[1])
    with eyes.started(own.out) as served:
        page = eyes.look(browser, served.link)
        page.locator('#versions [aria-label="Circle Original"]').click()
        wait(page, "review.cut.current.chosen === 'original'")
        page.locator("#save").click()
        wait(page, "review.cut.data.saved && !document.querySelector('#said').textContent.includes('circled')")
        page.context.close()
    assert ["A001.mov", take] == files(own.played())
    kept = [path for path in own.folder.rglob("*") if path.is_file() and path != own.out and path.suffix == ".otio"]
    assert before in [path.read_bytes() for path in kept]


def test_all_of_it_by_the_keyboard(browser: Browser, own: Scene) -> None:
    """Find a shot, turn to its original, circle it, note on it, take it back, and save: no mouse."""
    with eyes.started(own.out) as served:
        page = eyes.look(browser, served.link)
        page.keyboard.press("/")
        page.keyboard.type("sad")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("End")
        wait(page, "review.cut.current.clip === 'B001'")
        assert "option" == page.evaluate("document.activeElement.getAttribute('role')")
        page.keyboard.press("0")
        page.keyboard.press("c")
        wait(page, "review.cut.current.versions[0].decision.circled")
        page.keyboard.press("i")
        settled(page)
        page.keyboard.press("n")
        page.keyboard.type("her eyes first")
        page.keyboard.press("Enter")
        wait(page, "review.cut.current.versions[0].decision.notes.length === 1")
        note = page.evaluate("review.cut.current.versions[0].decision.notes[0]")
        assert (8, "01:00:01:23", "her eyes first") == (note["frame"], note["timecode"], note["text"])
        page.keyboard.press("Control+z")
        wait(page, "review.cut.current.versions[0].decision.notes.length === 0")
        page.keyboard.press("Control+s")
        wait(page, "review.cut.data.saved && document.querySelector('#said').textContent.startsWith('Saved')")
        assert [] == eyes.dead_ends(page)
        page.context.close()
    assert "B001.mov" == files(own.played())[-1]


def test_two_tabs_show_the_same(browser: Browser, own: Scene) -> None:
    """What is decided in one tab is seen in the other, without anything being read anew by hand."""
    with eyes.started(own.out) as served:
        page = eyes.look(browser, served.link)
        other = page.context.new_page()
        other.goto(served.base_url)
        eyes.as_shown(other)
        page.keyboard.press("0")
        page.keyboard.press("c")
        other.wait_for_selector('#versions .circled[data-version="original"]')
        other.keyboard.press("Control+z")
        page.wait_for_selector('#versions li[data-version="original"]:not(.circled)')
        page.context.close()


def test_killed_and_started_again_it_goes_on(browser: Browser, own: Scene) -> None:
    """A server that died forgets no decision, and the page that stood open finds the next one by itself."""
    first = Served(own.out)
    second = None
    try:
        page = eyes.look(browser, first.link)
        page.keyboard.press("0")
        page.keyboard.press("c")
        wait(page, "review.cut.current.versions[0].decision.circled")
        first.kill()
        page.wait_for_selector("#away:not([hidden])")
        second = Served(own.out, "--port", first.port)
        page.wait_for_selector("#away", state="hidden")
        assert page.evaluate("review.cut.current.versions[0].decision.circled")
        page.keyboard.press("c")
        wait(page, "!review.cut.current.versions[0].decision.circled")
        page.context.close()
    finally:
        first.kill()
        if second is not None:
            second.stop()


@pytest.mark.parametrize(
    ("rate", "drop"),
    [("24000/1001", False), ("25", False), ("30000/1001", True), ("30000/1001", False), ("60000/1001", True)],
    ids=["23.98", "25", "29.97 drop", "29.97 non-drop", "59.94 drop"],
)
def test_the_page_counts_timecode_as_the_command_does(tab: Page, rate: str, drop: bool) -> None:
    """Around minutes, tens of minutes, hours, late in the day, and back again."""
    exact = Fraction(rate)
    minute = 60 * round(exact)
    numbers = [0, 1, *(at + by for at in (minute, 10 * minute, 60 * minute, 1438 * minute) for by in range(-40, 41, 5))]
    counted = tab.evaluate(
        """async ([rate, numbers, drop]) => {
            const { fraction, frames, timecode } = await import("/static/timecode.js");
            const said = numbers.map((number) => timecode(number, fraction(rate), drop));
            return [said, said.map((text) => frames(text, fraction(rate)))];
        }""",
        [rate, numbers, drop],
    )
    assert [[format_timecode(number, exact, drop_frame=drop) for number in numbers], numbers] == counted


def test_a_timeline_changed_by_somebody_else_is_not_overwritten(browser: Browser, own: Scene) -> None:
    """Save says so and writes nothing; read anew, the decision stands and is saved."""
    with eyes.started(own.out) as served:
        page = eyes.look(browser, served.link)
        page.keyboard.press("0")
        page.keyboard.press("c")
        wait(page, "!review.cut.data.saved")
        changed = own.out.read_text(encoding="utf-8").replace('"scene 7"', '"scene 8"')
        own.out.write_text(changed, encoding="utf-8")
        page.keyboard.press("Control+s")
        page.wait_for_selector("#changed[open]")
        assert changed == own.out.read_text(encoding="utf-8")
        page.locator("#changed-read").click()
        wait(page, "review.cut.data.name === 'scene 8'")
        page.keyboard.press("Control+s")
        wait(page, "review.cut.data.saved")
        page.context.close()
    assert "A001.mov" == files(own.played())[0]
    assert '"scene 8"' in own.out.read_text(encoding="utf-8")


def test_asked_again_after_a_clear_yes(page: Page) -> None:
    """The price is said first and nothing happens by it; after a yes the new take comes in by itself."""
    page.keyboard.press("e")
    page.keyboard.press("ArrowRight")
    page.locator("#ask-cost").click()
    page.wait_for_selector("#ask-yes:not([hidden])")
    page.locator("#ask-no").click()
    assert 2 == page.evaluate("review.cut.current.versions.length")
    page.keyboard.press("e")
    page.locator("#wheel [aria-label=sad]").click()
    page.locator("#ask-cost").click()
    page.locator("#ask-yes").click()
    wait(page, "review.cut.current.versions.length === 3")
    asked = page.evaluate("review.cut.current.versions.map((one) => one.direction.emotion ?? null)")
    assert [None, "angry", "sad"] == asked
