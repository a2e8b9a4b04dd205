"""What the notebook 05_customers shows."""
