"""The Lambda handler of the emergency queue."""

from liveness_gateway.bootstrap.initialisation import initialised
from liveness_gateway.bootstrap.recover import recover_from_environment
from liveness_gateway.entrypoints.batch import BatchHandler
from liveness_gateway.entrypoints.queues import all_messages

handler = initialised(BatchHandler(recover_from_environment, all_messages))
