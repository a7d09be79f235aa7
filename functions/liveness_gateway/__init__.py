"""What the four functions share: the ledger, the decision, the upstream dialects, the checks."""
