"""Settings: what may be set, where from, and which source is trusted with what.

Strongest first: the command line, `REPERFORM_*` in the environment, the user's configuration file, `reperform.toml` beside the
timeline. The last came with the timeline and is trusted no more than it: see FOLDER_SETTINGS.
"""

from reperform.settings.fields import Settings
from reperform.settings.loading import Loaded, load
from reperform.settings.sources import FOLDER_SETTINGS, user_file

__all__ = ["FOLDER_SETTINGS", "Loaded", "Settings", "load", "user_file"]
