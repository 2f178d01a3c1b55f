"""The compact function."""
