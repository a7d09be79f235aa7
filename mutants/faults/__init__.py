"""The seeded faults, by what they break."""
