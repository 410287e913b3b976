"""One start of an entry: Resolve, the panel, the log, and where the command is. Whatever goes wrong is shown."""

import sys

from reperform_menu import folders
from reperform_menu.desk import Desk, open_desk
from reperform_menu.host import Host, open_host
from reperform_menu.log import Log, open_log
from reperform_menu.refusals import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

TITLE = "Reperform - {}"


class Session:
    """What an entry works with."""

    def __init__(self, entry: str, given: "dict[str, Any]", host: Host, panel: "Any", log: Log) -> None:
        self.title = TITLE.format(entry)
        self.host = host
        self.panel = panel
        self.log = log
        self.given = given
        self.afterwards: "list[str]" = []
        """What the command is to be told once the panel is closed."""
        self.installed: "dict[str, Any]" = given.get("INSTALLED") or {}

    @property
    def command(self) -> "list[str]":
        """The words with which `reperform` is called.

        Raises:
            Refusal: the installation does not say.

        """
        words = self.installed.get("command")
        if not words:
            raise Refusal("This script does not know where reperform is.", "Run `reperform resolve install` again.")
        return list(words)

    def desk(self) -> Desk:
        """What is open now."""
        return open_desk(self.host)

    def ask(
        self, text: str, fields: "list[dict[str, Any]]", buttons: "list[dict[str, Any]]"
    ) -> "tuple[str, dict[str, Any]]":
        """The button that was pressed, and the values; `close` where the window was closed."""
        answer = self.panel.ask(self.title, text, fields, buttons)
        pressed, values = answer if answer is not None else ("close", {})
        self.log.note("pressed {}: {!r}".format(pressed, values))
        return pressed, values

    def say(self, text: str) -> None:
        """Show it, and keep it."""
        self.log.note(text)
        self.panel.say(self.title, text)


def start(entry: str, given: "dict[str, Any]", act: "Callable[[Session], None]") -> None:
    """Run an entry. A refusal is said; a crash leaves a log, whose path is shown."""
    log = open_log(entry)
    log.note("{} under Python {} ({})".format(entry, sys.version.split()[0], sys.executable))
    shown: "list[Any]" = []
    try:
        _act(entry, given, act, log, shown)
    except Refusal as refusal:
        log.note("refused: {}".format(refusal.text))
        _say(shown, TITLE.format(entry), refusal.text)
    except Exception as error:
        log.crash()
        text = "{} failed: {}: {}\n\nWhat happened is written in\n{}\nSend it with your report."
        _say(shown, TITLE.format(entry), text.format(entry, type(error).__name__, error, log.path))
    finally:
        for panel in shown:
            panel.close()
        log.close()


def _act(entry: str, given: "dict[str, Any]", act: "Callable[[Session], None]", log: Log, shown: "list[Any]") -> None:
    host = open_host(given)
    log.note(host.name)
    panel = _panel(host, entry)
    shown.append(panel)
    act(Session(entry, given, host, panel, log))


def _panel(host: "Host | None", entry: str) -> "Any":
    from reperform_menu import panels

    opener: "Any" = panels.open_panel
    if host is None:
        return opener(None, None, None, name=folders.file_name(entry))
    return opener(host.resolve, host.fusion, host.bmd, name=folders.file_name(entry))


def _say(shown: "list[Any]", title: str, text: str) -> None:
    """In the panel; where there is none, in one that needs no Resolve; always on the console."""
    print("{}\n{}".format(title, text))
    if not shown:
        shown.append(_panel(None, title))
    shown[0].say(title, text)
