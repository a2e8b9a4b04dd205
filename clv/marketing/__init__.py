"""RFM segments, tiers, clusters and the budget."""
