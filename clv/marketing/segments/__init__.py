"""Customers in RFM segments, tiers and clusters, and their moves between these."""
