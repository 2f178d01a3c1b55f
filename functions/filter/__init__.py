"""The filter function, and the HTTP function."""
