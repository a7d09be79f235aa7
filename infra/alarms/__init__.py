"""The CloudWatch alarms: their rules, and the topic that they notify."""
