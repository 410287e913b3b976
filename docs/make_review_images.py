"""Writes docs/images/review-*.png, the review page in several states: `python docs/make_review_images.py [--scene FOLDER]`.

The sample cut is performed by the built-in preview, the real `reperform review` serves it, and a Chromium without a window works
the page as an editor would and photographs it. It needs Playwright and a Chromium, which is looked for as chromium,
chromium-browser, google-chrome, or as the environment's CHROMIUM. `--scene` keeps the performed cut in a folder, and finds it
there the next time. It takes some minutes without.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
STEP = 5
"""Levels of 255 that are one in the pictures: nobody sees it, a repository keeps every version, and it is a third of the size."""
_SETTLED = "review.player.speed === 0 && review.player.live.feeds.every((feed) => feed.isThere)"
_PICTURES = "[...document.querySelectorAll('#strip img')].every((image) => image.classList.contains('there'))"
_SOUNDS = "[...review.waveform.waves.values()].every((wave) => wave !== null)"


def main(arguments: list[str]) -> None:
    """Perform the sample, decide some of it, and photograph the page."""
    sys.path[:0] = [str(ROOT / name) for name in ("tests", "sample_timelines")]
    with tempfile.TemporaryDirectory() as work:
        kept = arguments[arguments.index("--scene") + 1] if "--scene" in arguments else work
        photograph(performed(Path(kept).absolute()))


def performed(folder: Path) -> Path:
    """The sample cut with its takes, two of them for one shot."""
    from reperform.demo import make_sample
    from reperform.performing.listening import silence
    from reperform.settings import Settings
    from reperform.workflow import make_plan, run

    out = folder / "the_letter_RP.otio"
    if not out.exists():
        settings = Settings(project=folder / "demo.reperform")
        run(make_plan(make_sample(folder), settings), out, settings, listener=silence)
    return out


def photograph(out: Path) -> None:
    """Every state of the page, dark, and the first also light."""
    from review import browser as eyes

    with eyes.started(out) as served, eyes.opened() as browser:
        page = eyes.look(browser, served.link)
        decide(page)
        for name, work in STATES.items():
            fresh(page)
            work(page)
            take(page, f"review-{name}")
        fresh(page)
        page.emulate_media(color_scheme="light")
        take(page, "review-light")


def decide(page: Page) -> None:
    """What an editor may have decided so far. It is in the project, which is thrown away or kept with its scene."""
    if page.evaluate("review.cut.data.shots.some((shot) => shot.versions.some((one) => one.decision.circled))"):
        return
    page.keyboard.press("c")
    _until(page, "review.cut.current.versions.some((one) => one.decision.circled)")
    _shot(page, "Tom explains")
    page.keyboard.press("0")
    page.keyboard.press("c")
    _until(page, "review.cut.current.versions[0].decision.circled")
    _shot(page, "Mara turns")
    page.keyboard.press("1")
    page.keyboard.press("r")
    _until(page, "review.cut.current.versions[1].decision.rejected")
    page.keyboard.press("2")
    page.evaluate("review.player.seek(26)")
    _until(page, _SETTLED)
    page.keyboard.press("n")
    page.keyboard.type("The eyes go first, then the word. This one.")
    page.keyboard.press("Enter")
    _until(page, "review.cut.current.versions[2].decision.notes.length")


def fresh(page: Page) -> None:
    """The shot with two takes, at a frame in the middle of its cue, as the page is when nothing is pressed."""
    page.keyboard.press("Escape")
    page.evaluate(
        "() => { review.player.stop(); review.player.compare('single'); review.viewer.looping = false;"
        " review.viewer.inContext = false; document.activeElement?.blur(); }"
    )
    _shot(page, "Mara has the letter")
    _shot(page, "Mara turns")
    page.keyboard.press("2")
    page.evaluate("review.player.seek(30)")


def _wipe(page: Page) -> None:
    page.keyboard.press("w")
    page.evaluate("review.player.wipeAt(0.32)")


def _context(page: Page) -> None:
    page.keyboard.press("t")
    page.keyboard.press("p")
    page.evaluate("review.player.seek(review.player.programme.ownStart + 30)")


def _ask(page: Page) -> None:
    page.keyboard.press("e")
    page.locator("#wheel [aria-label=sad]").click()
    page.locator("[name=region][value=head]").check(force=True)
    page.locator("[name=warm]").check()
    page.locator("[name=temperature]").fill("0.8")
    page.locator("#ask-cost").click()
    page.wait_for_selector(".price, .problem")


STATES: dict[str, Callable[[Page], object]] = {
    "page": fresh,
    "wipe": _wipe,
    "cut": _context,
    "ask": _ask,
}
"""Name of the picture, and what is done for it."""


def take(page: Page, name: str) -> None:
    """The page as a PNG, when all of its pictures and sounds have come."""
    for condition in (_SETTLED, _PICTURES, _SOUNDS, "!document.querySelector('#said').textContent"):
        _until(page, condition)
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        coarse = picture.convert("RGB").point(lambda level: level // STEP * STEP)
    coarse.save(path, optimize=True)
    sys.stderr.write(f"{path}: {path.stat().st_size // 1000} kB\n")


def _shot(page: Page, name: str) -> None:
    page.evaluate(f"review.cut.look({{ shot: review.cut.data.shots.find((shot) => shot.clip === '{name}').id }})")
    _until(page, f"document.querySelector('#shot-name').textContent === '{name}'")
    _until(page, _SETTLED)


def _until(page: Page, condition: str) -> None:
    page.wait_for_function(f"() => {condition}", timeout=120_000)


if __name__ == "__main__":
    main(sys.argv[1:])
