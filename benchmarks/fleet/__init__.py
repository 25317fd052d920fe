"""A fleet of districts: what the three-thousandth costs, and what keeping so many does."""
