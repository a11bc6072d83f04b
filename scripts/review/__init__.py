"""Look at the facts of a teacher before anything is trained on them, and decide about each."""
