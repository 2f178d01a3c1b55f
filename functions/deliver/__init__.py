"""Survivors to the gallery."""
