"""What tries the page: names that are programs, and a cut of two thousand shots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from review import browser as eyes
from review.browser import needs_chromium, wait
from review.long_kit import EVIL, lengthened, renamed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHOTS = 2000
FIRST_PAINT = 1000
"""Milliseconds."""
STATIC = Path(__file__).parents[2] / "src" / "reperform" / "review"


@needs_chromium
def test_names_that_are_programs_are_words(browser: Browser, performed: Path) -> None:
    """Markup in a name is read as it was typed, everywhere; none of it runs, and nothing is fetched for it."""
    out = renamed(performed / "cut_RP.otio", performed / "evil_RP.otio")
    with eyes.started(out) as served:
        page = eyes.look(browser, served.link)
        seen = [page.text_content(where) for where in ("#name", "#shot-name", ".row-name", ".clip-name")]
        found = page.evaluate("[window.harmed, document.querySelectorAll('img[src=x], body script').length]")
        said = eyes.dead_ends(page)
        page.context.close()
    assert [EVIL] * 4 == seen
    assert [None, 0] == found
    assert [] == said


@needs_chromium
def test_two_thousand_shots_are_there_at_once(browser: Browser, performed: Path) -> None:
    """The first paint comes within a second, and what stands in the page is what is seen, wherever it is scrolled to."""
    out = lengthened(performed / "cut_RP.otio", performed / "long_RP.otio", shots=SHOTS)
    with eyes.started(out) as served:
        page = eyes.look(browser, served.link)
        paints = []
        for _ in range(3):
            page.goto(served.base_url)
            page.wait_for_selector("#strip .clip")
            paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        eyes.as_shown(page)
        assert str(SHOTS) in page.text_content("#count", timeout=1000)  # type: ignore[operator]  # it is there
        page.evaluate("document.querySelector('#strip').scrollLeft = 1e9")
        page.locator("#list").focus()
        page.locator(".row[tabindex='0']").press("End")
        wait(page, f"document.querySelector('#shot-name').textContent === 'Shot {SHOTS}'")
        elements = page.evaluate("document.querySelectorAll('*').length")
        megabytes = page.evaluate("performance.memory.usedJSHeapSize / 1e6")
        page.context.close()
    assert min(paints) < FIRST_PAINT
    assert elements < 2000
    assert megabytes < 200


def test_the_page_loads_its_modules_at_once() -> None:
    """Each module is named in the page: none waits until another was read."""
    page = (STATIC / "templates" / "page.html").read_text(encoding="utf-8")
    modules = {path.name for path in (STATIC / "static").glob("*.js")}
    assert modules == {name for name in modules if f'/static/{name}"' in page}
