"""Lists of customers for advertising platforms."""
