"""The Lambda handler that ends overdue verifications."""

from liveness_gateway.adapters.schedule import SweepFunction
from liveness_gateway.bootstrap import sweeper

handler = SweepFunction(sweeper)
