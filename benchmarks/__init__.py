"""What `make bench` runs: our work beside the original's, in one run, pinned to one core."""
