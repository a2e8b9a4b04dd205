"""The rows of the feature table, one module per family of features."""
