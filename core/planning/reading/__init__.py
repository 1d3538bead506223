"""Reading a brief: its language, clauses, quantities, phrases and people."""
