"""Synthetic shops whose truth is known: the processes, their knobs, and what they make expectable."""
