"""The timeline: read, indexed, its marks found, its takes written. Knows no engine, no media, no ledger."""
