"""The Lambda functions: what each may do, and what triggers it."""
