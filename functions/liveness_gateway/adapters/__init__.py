"""Implements the ports: liveness API and breaker, table, bus, queues, secrets, telemetry."""
