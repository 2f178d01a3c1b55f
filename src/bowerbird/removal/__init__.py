"""Removes pictures from the collection that were removed at their source."""
