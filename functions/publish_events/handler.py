"""The Lambda handler of the table's stream."""

from liveness_gateway.bootstrap.initialisation import initialised
from liveness_gateway.bootstrap.publish_events import publish_events_from_environment
from liveness_gateway.entrypoints.batch import BatchHandler
from liveness_gateway.entrypoints.streams import whole_batch

handler = initialised(BatchHandler(publish_events_from_environment, whole_batch))
