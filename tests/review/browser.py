"""A real browser before the real command: Debian's Chromium driven by Playwright, and eyes that read what it shows."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import burned
from whole.scene import Scene, make_scene

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

__all__ = [
    "Served",
    "as_shown",
    "chromium",
    "dead_ends",
    "look",
    "needs_chromium",
    "number_shown",
    "opened",
    "performed_scene",
    "picture",
    "shown",
    "started",
    "wait",
]

SIZE: ViewportSize = {"width": 1440, "height": 900}
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
_PATIENCE = 30_000
"""Milliseconds: the machine may be busy."""


def chromium() -> str | None:
    """The browser's program; None where there is none. `CHROMIUM` in the environment names another."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


needs_chromium = pytest.mark.skipif(
    chromium() is None or find_spec("playwright") is None,
    reason="no Chromium or no Playwright here (Debian: apt-get install chromium; pip install playwright)",
)


@contextmanager
def opened() -> Iterator[Browser]:
    """The browser, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(_QUIET))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def performed_scene(factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A scene that was run once, in a home of its own."""
    home = factory.mktemp("home of the review")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(home / name.lower()))
        scene = make_scene(factory.mktemp("review") / "scene")
        scene.run()
        yield scene


class Served:
    """`reperform review` as a process of its own."""

    def __init__(self, out: Path, *options: str) -> None:
        command = [sys.executable, "-m", "reperform", "review", str(out), "--no-browser", "--json", *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        said = json.loads(self._process.stdout.readline())
        self.link, self.base_url = str(said["url"]), str(said["base_url"])

    @property
    def port(self) -> str:
        return self.base_url.rsplit(":", 1)[1]

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGINT)

    def _end(self, with_signal: signal.Signals) -> None:
        if self._process.poll() is None:
            self._process.send_signal(with_signal)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def started(out: Path, *options: str) -> Iterator[Served]:
    served = Served(out, *options)
    try:
        yield served
    finally:
        served.stop()


def look(browser: Browser, address: str, *, scheme: Any = "dark", size: ViewportSize | None = None) -> Page:
    """The page in a browser of its own, when its first picture is seen."""
    context = browser.new_context(viewport=size or SIZE, color_scheme=scheme)
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    _listen(page)
    page.goto(address)
    as_shown(page)
    return page


def _listen(page: Page) -> None:
    """Keeps the page's complaints as `page.said`."""
    said: list[str] = []
    page.said = said  # type: ignore[attr-defined]  # a note on it, for the test that made it
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda told: said.append(told.text) if told.type == "error" else None)


def as_shown(page: Page) -> None:
    """Waits for the page, and for a picture in it."""
    page.wait_for_selector("body[data-loaded]")
    wait(page, "review.player.status === 'ready' && review.player.shown !== null")


def wait(page: Page, condition: str) -> None:
    """Until a JavaScript expression is true; `review` is what the page's own module exports."""
    page.evaluate("async () => { window.review ??= await import('/static/page.js') }")
    page.wait_for_function(f"() => {condition}")


def shown(page: Page) -> dict[str, Any]:
    """What the page says of the picture it shows."""
    found: dict[str, Any] = page.evaluate(
        """() => ({
            frame: Number(document.querySelector("#picture").dataset.frame),
            side: document.querySelector("#picture").dataset.side,
            record: document.querySelector("#record").textContent,
            source: document.querySelector("#source").textContent,
            name: document.querySelector("#shot-name").textContent,
        })"""
    )
    return found


def picture(page: Page) -> Image.Image:
    """The picture as it is on the screen, grey, without what is written over it."""
    box = page.evaluate(
        """() => {
            const canvas = document.querySelector("#picture");
            const box = canvas.getBoundingClientRect();
            const scale = Math.min(box.width / canvas.width, box.height / canvas.height);
            const [width, height] = [canvas.width * scale, canvas.height * scale];
            return { x: box.left + (box.width - width) / 2, y: box.top + (box.height - height) / 2, width, height };
        }"""
    )
    style = ".corner, #said { visibility: hidden !important }"
    return Image.open(io.BytesIO(page.screenshot(clip=box, style=style))).convert("L")


def number_shown(page: Page) -> int | None:
    """The number that is burned into the picture on the screen."""
    return burned.number_in(np.asarray(picture(page)))


def dead_ends(page: Page) -> list[str]:
    """What the page complained of."""
    said: list[str] = page.said  # type: ignore[attr-defined]  # as `_listen` made it
    return said
