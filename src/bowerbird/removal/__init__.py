"""What was removed at its source goes from the collection too."""
