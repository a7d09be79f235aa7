"""The zip of each function."""
