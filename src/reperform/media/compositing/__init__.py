"""Only what an engine changed, laid over the original: found, aligned, matched in colour, and nothing else touched."""
