"""What the rule `resizer` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "https://someone.files.wordpress.com/2010/08/dawn.jpg?w=640": ("resizer", "resized", "7d8965351ddd044c"),
    "https://images.example.org/dawn.jpg?auto=format&fit=crop&w=1000&q=80": (
        "resizer",
        "resized",
        "d8fa2e885d834d32",
    ),
    "https://images.example.org/dawn.jpg?w=1000&s=abcdef": ("direct", "image", "20f0049f64b83d3f"),
    "https://images.example.org/dawn.jpg?q=80": ("direct", "image", "7eb28d791bcc53c0"),
    "https://images.example.org/dawn?w=1000": None,
}
