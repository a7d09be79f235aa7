"""Seeded faults: each is planted in a copy of the code, and some test must notice it."""
