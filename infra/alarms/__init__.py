"""The CloudWatch alarms."""
