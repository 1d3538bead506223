"""Benchmarks: each runs the other system beside ours in the same run and prints ratios."""
