"""The liveness API: when it is called, over what, and how its answers are read."""
