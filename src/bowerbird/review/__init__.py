"""Makes what the owner looks at: the contact sheet, the report, the label page."""
