"""What a shop's data look like day by day, and whether new data look as those before them did."""
