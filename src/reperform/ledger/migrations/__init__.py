"""The ledger's shape, one file a change, only ever added to."""
