"""The rows of the feature table, one module per family of questions about a customer."""
