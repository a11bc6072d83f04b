"""Generate: from pages, or from authored facts, to rows of question and answer."""
