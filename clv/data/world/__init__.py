"""Synthetic shops with known truth: the processes, their parameters, and the expectations they imply."""
