"""Decisions from forecasts: segments, randomised tests, budget, audiences, campaigns."""
