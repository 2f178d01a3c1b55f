"""The page on which the owner says what was right and what was not."""
