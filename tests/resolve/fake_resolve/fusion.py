"""`fusion`, `bmd` and `app` where there are no windows: only what is asked of them before a panel falls back to a page."""

from typing import Any

from . import versions
from .handles import App, Handle


class Fusion(Handle):
    """In the free edition from 19.1 the mere question for a UIManager opens a dialogue that spoils all later calls."""

    def __init__(self, app: App) -> None:
        Handle.__init__(self, app)

    def __getattribute__(self, name: str) -> Any:
        if name == "UIManager":
            app = object.__getattribute__(self, "_app")
            if not versions.windows(app.version, studio=app.world["studio"]):
                app.world["modal"] = True
                app.misuse("fusion.UIManager in the free edition")
            return None
        return Handle.__getattribute__(self, name)


class Bmd:
    """Resolve's own library: nothing of it is here."""

    def __getattr__(self, name: str) -> Any:
        return None


class Application:
    """`app`, whose `GetResolve` some builds offer."""

    def __init__(self, resolve: Any) -> None:
        self._resolve = resolve

    def GetResolve(self) -> Any:
        return self._resolve
