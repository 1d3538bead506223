"""PostgreSQL and Valkey from wheels, and the process supervisor, for one-command use."""
