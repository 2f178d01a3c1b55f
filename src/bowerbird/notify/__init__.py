"""Tells the owner what happened: what was kept, which stream is broken, how much room there is."""
