"""Writes docs/images/panel-*.png, the panels of the Resolve menu: `python docs/make_panel_images.py [FOLDER] [--dark]`.

The menu's entries are run as Resolve runs them, on the tests' own Resolve, with the real command and its preview; what the local
page showed then is shown again, and photographed by a Chromium without a window. That must be installed: it is looked for as
chromium, chromium-browser, google-chrome, or as the environment's CHROMIUM. It takes a minute or two.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SIZE = (800, 1500)
"""Pixels of the page, width and height; what stands empty below the panel is cut off."""
_MARGIN = 24
_DIRECTION = {"emotion": "angry", "region": "face", "takes": 2, "note": "She already knows."}

View = dict[str, Any]


def main(arguments: list[str]) -> None:
    """Every panel to a PNG."""
    sys.path[:0] = [str(ROOT / name) for name in ("tests", "resolve_scripts", "sample_timelines")]
    folder = Path(next((one for one in arguments if not one.startswith("-")), IMAGES))
    folder.mkdir(parents=True, exist_ok=True)
    chromium = _chromium()
    with tempfile.TemporaryDirectory() as work:
        views = seen(Path(work))
    for name, view in views.items():
        out = folder / f"panel-{name}{'-dark' if '--dark' in arguments else ''}.png"
        photograph(view, out, chromium, dark="--dark" in arguments)
        sys.stderr.write(f"{out}: {out.stat().st_size // 1000} kB\n")


def seen(work: Path) -> dict[str, View]:
    """What an editor sees who marks a clip, has it performed, and looks at its takes."""
    from resolve.running_kit import MARK, PERFORM, TAKES, Menu
    from resolve.scene_kit import make_scene

    world = make_scene(work / "footage").world("21.0.4")
    menu = Menu(work / "menu")
    marking = {"title": "Mark Dialogue", "button": "mark", "values": _DIRECTION}
    marked = menu.choose(MARK, world, marking, {"title": "Marked", "button": "cancel"})
    performed = menu.choose(PERFORM, marked.world)
    takes = menu.choose(TAKES, performed.world, {"title": "Takes", "button": "close"})
    asked = [page for page in performed.pages if page.get("kind") == "ask" and page["fields"]]
    runs = [page for page in performed.pages if page.get("kind") == "watch" and page["state"]["rows"]]
    half = min(runs, key=lambda page: abs((page["state"]["fraction"] or 0) - 0.5))
    return {
        "mark": _last(marked.pages, "ask"),
        "perform": asked[-1],
        "progress": half,
        "done": _last(performed.pages, "say"),
        "takes": _last(takes.pages, "ask"),
    }


def photograph(view: View, out: Path, chromium: str, *, dark: bool = False) -> None:
    """Serve the view, and write what a browser makes of it."""
    from reperform_menu.panels.server import Server

    server = Server(lambda _, values: (values, {}))
    try:
        server.show(view)
        _screenshot(chromium, server.link, out, dark=dark)
    finally:
        server.stop()
    _trim(out)


def _last(pages: list[View], kind: str) -> View:
    return [page for page in pages if page.get("kind") == kind][-1]


def _screenshot(chromium: str, link: str, out: Path, *, dark: bool) -> None:
    quiet = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
    with tempfile.TemporaryDirectory() as profile:
        words = [
            *(chromium, "--headless", "--no-sandbox", "--disable-gpu", *quiet, "--hide-scrollbars"),
            *("--force-device-scale-factor=2", f"--blink-settings=preferredColorScheme={0 if dark else 1}"),
            *(f"--user-data-dir={profile}", f"--screenshot={out}", f"--window-size={SIZE[0]},{SIZE[1]}", link),
        ]
        subprocess.run(words, check=True, capture_output=True, timeout=120)


def _trim(path: Path) -> None:
    """The ground below the panel cut off, in few colours: a repository keeps every version of it."""
    with Image.open(path) as picture:
        page = picture.convert("RGB")
    ground = Image.new("RGB", page.size, page.getpixel((0, page.height - 1)))
    box = ImageChops.difference(page, ground).point(lambda value: 255 if value > 12 else 0).getbbox()
    bottom = min(page.height, (box[3] if box else page.height) + 2 * _MARGIN)
    page.crop((0, 0, page.width, bottom)).quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


def _chromium() -> str:
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        sys.exit("No Chromium was found: install one, or name it in the environment as CHROMIUM.")
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
