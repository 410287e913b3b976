"""Media: probed, read frame by frame, extracted for an engine, conformed into takes, checked."""
