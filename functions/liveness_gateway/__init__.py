"""What all functions share: the capabilities, their adapters, and how each function is wired."""
