"""What a district does: one folder for each capability."""
