"""How promises of the schemas are asked of tables, and what is told of those that are broken."""
