"""Retrieve: an index of the pages, and the passages nearest to a question."""
