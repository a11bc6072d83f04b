"""Serve: a model behind a server on this machine, and the ways to ask it."""
