"""Tables and queries. Every function takes `db` first and never commits."""
