"""Vectors and ranking: from a query or a page to the lessons that bear on it."""
