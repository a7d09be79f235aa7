"""The function that ends overdue verifications."""
