"""The CloudWatch dashboard of a stage."""
