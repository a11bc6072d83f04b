"""Retrieval is tried through ask and chat, with their fixtures."""

from tests.serve.conftest import ilab_on_path, recorder, run

__all__ = ["ilab_on_path", "recorder", "run"]
