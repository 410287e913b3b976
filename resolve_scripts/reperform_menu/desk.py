"""What is open in Resolve: the project, its media pool, the timeline that is seen."""

from reperform_menu.calls import asked, listed, whole, words
from reperform_menu.refusals import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from reperform_menu.host import Host
    from reperform_menu.protocols import MediaPool, Project, Timeline


class Desk:
    """The open project."""

    def __init__(self, host: "Host", project: "Project", pool: "MediaPool") -> None:
        self.host = host
        self.project = project
        self.pool = pool

    @property
    def project_id(self) -> str:
        """What tells it from others; its name where there is no id."""
        return words(asked(self.project, "GetUniqueId")) or words(self.project.GetName())

    @property
    def timeline(self) -> "Timeline":
        """The one that is current.

        Raises:
            Refusal: none is.

        """
        found = self.project.GetCurrentTimeline()
        if found is None:
            raise Refusal("No timeline is open.", "Open the timeline with the dialogue, and choose this again.")
        return found

    def timelines(self) -> "list[Timeline]":
        """All of the project."""
        count = whole(self.project.GetTimelineCount())
        return listed([self.project.GetTimelineByIndex(number) for number in range(1, count + 1)])

    def timeline_of(self, uid: str) -> "Timeline | None":
        """The one of this id; None where it is gone."""
        return next((each for each in self.timelines() if timeline_id(each) == uid), None)

    def show(self, timeline: "Timeline") -> bool:
        """Make it the current one, which alone answers about takes."""
        current = self.project.GetCurrentTimeline()
        if current is not None and timeline_id(current) == timeline_id(timeline):
            return True
        self.project.SetCurrentTimeline(timeline)
        current = self.project.GetCurrentTimeline()
        return current is not None and timeline_id(current) == timeline_id(timeline)


def open_desk(host: "Host") -> Desk:
    """What is open now.

    Raises:
        Refusal: no project is.

    """
    manager = asked(host.resolve, "GetProjectManager")
    project = asked(manager, "GetCurrentProject")
    pool = asked(project, "GetMediaPool")
    if project is None or pool is None:
        raise Refusal(
            "No project is open, or Resolve shows a dialogue that waits for an answer.",
            "Open the project, close what asks, and choose this again.",
        )
    return Desk(host, project, pool)


def timeline_id(timeline: "Timeline") -> str:
    """What tells it from others."""
    return words(asked(timeline, "GetUniqueId")) or words(timeline.GetName())


def free_timeline_name(desk: Desk, name: str) -> str:
    """The name, with a number where it is taken: Resolve imports nothing under a name that is."""
    taken = {words(each.GetName()) for each in desk.timelines()}
    numbered = ("{} {}".format(name, number) for number in range(2, 10000))
    return name if name not in taken else next(each for each in numbered if each not in taken)
