"""Customers in RFM segments, tiers and clusters, and who moved between them."""
