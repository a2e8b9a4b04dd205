"""How the marketing budget is split over tiers and channels."""
