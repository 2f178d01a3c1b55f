"""What everything else speaks of: messages, decisions, errors, ports, keys."""
