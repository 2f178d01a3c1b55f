"""Filter: each candidate goes through the stages and ends in one decision; survivors are stored."""
