"""Measure: ask models questions, score the answers, show the result."""
