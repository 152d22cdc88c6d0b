"""Validated pharmacological claims from French text, each tied to its exact characters."""
