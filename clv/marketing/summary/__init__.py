"""A run in a few numbers, what changed since an earlier one, and what to do."""
