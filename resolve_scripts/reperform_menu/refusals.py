"""Why something is not done, for the person who asked for it."""


class Refusal(Exception):
    """What is wrong, and what to do about it."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    @property
    def text(self) -> str:
        """Both, as they are shown."""
        return self.message + ("\n\n" + self.fix if self.fix else "")
