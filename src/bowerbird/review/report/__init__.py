"""Shows where keeps come from: what each community, author and host gave, and what became of it."""
