"""The HTTP around the pages."""
