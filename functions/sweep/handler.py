"""The Lambda handler that ends overdue verifications."""

from liveness_gateway.bootstrap import sweeper
from liveness_gateway.entrypoints.batch import Job, nothing_swept, sweep_once

handler = Job(sweeper, sweep_once, nothing_swept)
