"""The contents of the notebook 07_revenue."""
