"""What is killed at every step, and what is left of the work afterwards."""
