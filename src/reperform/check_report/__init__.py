"""What the checks of takes came to: as JSON, and as a page with the frames to look at. The terminal's is `tables.checks`."""
