"""The hands: Huey's queue, the task runner, executors and the dispatcher."""
