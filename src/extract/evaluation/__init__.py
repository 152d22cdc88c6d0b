"""How extracted claims are held against annotated ones."""
