"""Defines what every other part uses: messages, decisions, errors, ports, keys."""
