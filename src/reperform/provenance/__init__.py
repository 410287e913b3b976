"""What stands behind a take: what was changed, by which model, with whose consent; as a document and as signed credentials."""
