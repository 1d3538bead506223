"""Kills every part of the engine in turn under load, and looks for what was lost or doubled."""
