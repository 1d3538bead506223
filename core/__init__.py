"""Sage Mode's core: domain, planner, store, signals and services; it knows no face."""
