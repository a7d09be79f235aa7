"""The table of verifications: the ledger, and its items."""
