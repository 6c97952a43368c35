"""What we know and where it is kept: documents, passages, collections, in one SQLite file."""
