"""The capability: one selfie judged once, stored, announced, read."""
