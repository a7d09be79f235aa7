"""The Lambda handler that ends overdue verifications."""

from liveness_gateway.adapters.jobs import Job, nothing_swept, sweep_once
from liveness_gateway.bootstrap import sweeper

handler = Job(sweeper, sweep_once, nothing_swept)
