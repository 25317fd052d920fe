"""Supervision 督办: what the daily sweep finds, who is told of it, and how it is settled (DOMAIN B04, D10, 3.18)."""
