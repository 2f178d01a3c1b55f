"""Reads, imports and weighs what `sam build` made."""
