"""The Lambda handler that ends overdue verifications."""

from liveness_gateway.bootstrap.initialisation import initialised
from liveness_gateway.bootstrap.sweep import sweep_from_environment
from liveness_gateway.entrypoints.batch import BatchHandler
from liveness_gateway.entrypoints.schedule import nothing_swept

handler = initialised(BatchHandler(sweep_from_environment, nothing_swept))
