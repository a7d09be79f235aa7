"""The function that announces stored verifications on the bus."""
