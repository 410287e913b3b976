"""The durable record of every cue, attempt, result and take."""
