"""Panels: a window where Resolve gives one, else a local page, else the console."""

from reperform_menu.panels import base
from reperform_menu.panels.single import AlreadyOpen, Single

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from reperform_menu.panels.base import Panel

__all__ = ["AlreadyOpen", "open_panel"]


def open_panel(resolve: "Any", fusion: "Any", bmd: "Any", name: str = "panel") -> "Panel":
    """The best panel to be had here. `name`: one panel of that name is open at a time.

    Raises AlreadyOpen, a SystemExit, where another script's panel of that name was brought to the front instead.
    """
    single, windows = Single(name), _gives_windows(resolve)
    if not single.take() and _bring_forward(single, fusion if windows else None):
        base.tell("Reperform is open already: its panel was brought to the front.")
        raise AlreadyOpen(0)
    panel = (_window(fusion, bmd, single) if windows else None) or _page(single) or _console()
    return _releasing(panel, single)


def _gives_windows(resolve: "Any") -> bool:
    """Not the free edition from 19.1 on: there even the question for a UIManager opens a modal that spoils other calls."""
    told = getattr(resolve, "IsStudio", None)
    name = getattr(resolve, "GetProductName", None)
    studio = told() if callable(told) else "studio" in str(name() if callable(name) else "studio").lower()
    version = getattr(resolve, "GetVersion", None)
    numbers = (version() if callable(version) else None) or []
    return bool(studio) or (len(numbers) > 1 and [int(one) for one in numbers[:2]] < [19, 1])


def _window(fusion: "Any", bmd: "Any", single: Single) -> "Panel | None":
    if getattr(fusion, "UIManager", None) is None or not callable(getattr(bmd, "UIDispatcher", None)):
        return None
    from reperform_menu.panels.windows import WindowPanel

    try:
        return WindowPanel(fusion, bmd, on_window=lambda window: single.say_place({"window": window}))
    except Exception as error:  # whatever this build lacks, there is another way to ask
        base.tell("Reperform: no window here ({}: {}); going on in the browser.".format(type(error).__name__, error))
        return None


def _page(single: Single) -> "Panel | None":
    from reperform_menu.panels.page import PagePanel

    try:
        panel = PagePanel()
    except OSError as error:
        base.tell("Reperform: no local page here ({}).".format(error))
        return None
    if not panel.is_open:
        panel.close()
        return None
    single.say_place({"url": panel.server.address + "/"})
    return panel


def _console() -> "Panel":
    from reperform_menu.panels.console import ConsolePanel

    return ConsolePanel()


def _releasing(panel: "Panel", single: Single) -> "Panel":
    """`close` also lets the next one in."""
    inner = panel.close

    def close() -> None:
        try:
            inner()
        finally:
            single.release()

    panel.close = close  # type: ignore[method-assign]  # the panel's own, and then this
    return panel


def _bring_forward(single: Single, fusion: "Any") -> bool:
    """Whether there was anything to bring: a script that was shot leaves nothing, and then a second panel is right."""
    place = single.place()
    if place.get("url"):
        from reperform_menu.panels.page import open_in_browser

        return open_in_browser(place["url"])
    window = _found(fusion, place.get("window"))
    brought = [name for name in ("Show", "Raise", "ActivateWindow") if callable(getattr(window, name, None))]
    for name in brought:
        getattr(window, name)()
    return bool(brought)


def _found(fusion: "Any", window: "str | None") -> "Any":
    find = getattr(getattr(fusion, "UIManager", None), "FindWindow", None)
    return find(window) if window and callable(find) else None
