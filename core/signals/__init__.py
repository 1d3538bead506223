"""What lives in Redis, but for Huey's queue."""
