"""The one page of an installation at home: what runs, what was kept, label, sheet and report."""
