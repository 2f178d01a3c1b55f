"""Makes the page on which the owner says which decisions were right and which were wrong."""
