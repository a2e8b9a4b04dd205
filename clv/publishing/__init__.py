"""Reports to a bucket that readers open, and what may stand in the way."""
