"""Setup: the Python environment, and the base model that a package carries."""
