"""The Lambda functions: what each is allowed to do, and what triggers it."""
