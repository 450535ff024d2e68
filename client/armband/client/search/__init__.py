"""How records are found: index terms of what is stored, query terms of what is typed."""
