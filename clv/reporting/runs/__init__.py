"""The runs of the past on a page: what each forecast, how good it was, and what then came."""
