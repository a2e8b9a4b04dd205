"""Bad inputs, one table of them per kind: each must be one clear line, and never a traceback."""
