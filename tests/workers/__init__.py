"""Workers and dispatchers as real processes, and what happens when they are hurt."""
