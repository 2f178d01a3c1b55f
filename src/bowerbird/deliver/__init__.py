"""Brings survivors to the gallery."""
