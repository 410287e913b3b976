"""Change an actor's performance from the edit: a marked timeline in, frame-exact alternate takes out."""

__version__ = "0.1.0"
