"""The learners: one file each, and what they share."""
