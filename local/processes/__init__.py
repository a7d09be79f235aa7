"""Child processes, and what ends them when their owner ends."""
