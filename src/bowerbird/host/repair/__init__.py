"""Rebuilds what this machine keeps of a place from what the place itself holds."""
