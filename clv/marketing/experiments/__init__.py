"""Randomised tests: what they showed, and how to plan the next."""
