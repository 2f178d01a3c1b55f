"""The terminal: plain lines, clean stops, and its end."""
