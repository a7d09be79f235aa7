"""The outside world: upstream, table, bus, secrets. Each module implements one port."""
