"""The operations, by noun; each asks one use case."""
