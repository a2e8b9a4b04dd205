"""Bad inputs, one table of them per kind: each must end in one clear line, and never in a traceback."""
