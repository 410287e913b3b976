"""The top of the interface: Resolve, its project manager and the open project."""

from typing import Any, List, Optional

from . import exporting, model, versions
from .handles import App, Handle, one_of
from .model import Data
from .pool import MediaPool
from .timeline import Timeline

PAGES = ("media", "cut", "edit", "fusion", "color", "fairlight", "deliver")


class Resolve(Handle):
    """`EXPORT_OTIO` and its like are numbers; None where this version has not got them."""

    def __getattribute__(self, name: str) -> Any:
        if name == "EXPORT_OTIO":
            return exporting.OTIO if self._app.version >= versions.OTIO else None
        return exporting.NONE if name == "EXPORT_NONE" else Handle.__getattribute__(self, name)

    def GetProductName(self) -> str:
        return "DaVinci Resolve Studio" if self._app.world["studio"] else "DaVinci Resolve"

    def GetVersion(self) -> "List[Any]":
        numbers = [*self._app.version, 0, 0, 0][:3]
        return [*numbers, 7, ""]

    def GetVersionString(self) -> str:
        return ".".join(str(one) for one in [*self._app.version, 0, 0, 0][:3]) + ".7"

    def IsStudio(self) -> bool:
        return bool(self._app.world["studio"])

    def GetProjectManager(self) -> "ProjectManager":
        return ProjectManager(self._app)

    def GetMediaStorage(self) -> Handle:
        return MediaStorage(self._app)

    def GetCurrentPage(self) -> Any:
        return self._app.world["page"] if self._app.project is not None else None

    def OpenPage(self, pageName: str) -> bool:
        if not one_of(self._app, pageName, PAGES, "page") or self._app.project is None:
            return False
        self._app.world["page"] = pageName
        return True


class MediaStorage(Handle):
    def GetMountedVolumeList(self) -> "List[str]":
        return ["/"]


class ProjectManager(Handle):
    @property
    def _all(self) -> "dict[str, Data]":
        projects: "dict[str, Data]" = self._app.world["projects"]
        return projects

    def GetCurrentProject(self) -> "Optional[Project]":
        return None if self._app.project is None else Project(self._app, self._app.project["id"])

    def GetProjectListInCurrentFolder(self) -> "List[str]":
        return list(self._all)

    def GetCurrentFolder(self) -> str:
        return ""

    def CreateProject(self, projectName: str, mediaLocationPath: str = "") -> "Optional[Project]":
        if projectName in self._all:
            return None
        return Project(self._app, model.add_project(self._app.world, projectName)["id"])

    def LoadProject(self, projectName: str) -> "Optional[Project]":
        """What is opened starts on its own first page, wherever one was."""
        if projectName not in self._all or self._app.faults.get("load_project") == "refused":
            return None
        self._app.world["project"] = projectName
        return self.GetCurrentProject()

    def CloseProject(self, project: Any) -> bool:
        self._app.world["project"] = None
        return True

    def DeleteProject(self, projectName: str) -> bool:
        if projectName == self._app.world["project"] or projectName not in self._all:
            return False
        del self._all[projectName]
        return True

    def SaveProject(self) -> bool:
        return self._app.project is not None


class Project(Handle):
    def _alive(self) -> bool:
        return self._app.project is not None and self._app.project["id"] == self._key

    def GetName(self) -> str:
        return str(self._project["name"])

    def GetUniqueId(self) -> str:
        return self._key

    def GetMediaPool(self) -> MediaPool:
        return MediaPool(self._app, self._key)

    def GetTimelineCount(self) -> int:
        return len(self._project["timelines"])

    def GetTimelineByIndex(self, idx: int) -> "Optional[Timeline]":
        every = list(self._project["timelines"])
        return Timeline(self._app, every[idx - 1]) if 1 <= idx <= len(every) else None

    def GetCurrentTimeline(self) -> "Optional[Timeline]":
        current = self._project["timeline"]
        return None if current is None else Timeline(self._app, current)

    def SetCurrentTimeline(self, timeline: Any) -> bool:
        """The playhead of a timeline that was not current goes to its start."""
        data = self._project["timelines"].get(getattr(timeline, "_key", None))
        if data is None or self._app.faults.get("set_timeline") == "refused":
            return False
        if self._project["timeline"] != data["id"]:
            self._project["timeline"], data["playhead"] = data["id"], data["start"]
        return True

    def GetSetting(self, settingName: str = "") -> Any:
        settings = self._project["settings"]
        return settings.get(settingName, "") if settingName else dict(settings)

    def SetSetting(self, settingName: str, settingValue: str) -> bool:
        if settingName == "timelineFrameRate" and self._project["timelines"]:
            return False
        self._project["settings"][settingName] = settingValue
        return True

    def DeleteAllRenderJobs(self) -> bool:
        """No entry of ours may call this."""
        self._app.misuse("DeleteAllRenderJobs")
        self._project["render_queue"] = []
        return True


def connect(world: Data, **more: Any) -> "tuple[App, Resolve]":
    """The running program and what a script gets as `resolve`."""
    app = App(world, **more)
    return app, Resolve(app)
