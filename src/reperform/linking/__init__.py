"""From a clip to the file it plays and the frames of it: references, moved media, and the clocks of both."""
