"""The words of Sage Mode as frozen dataclasses and pure functions; nothing here does I/O."""
