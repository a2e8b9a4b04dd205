"""What the notebook 07_revenue shows."""
