"""Pictures written as the files that they came in, one module a kind of file."""
