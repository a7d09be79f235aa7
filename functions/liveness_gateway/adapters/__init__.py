"""The outside world: upstream, table, bus, secrets. Each module or folder talks to one of them."""
