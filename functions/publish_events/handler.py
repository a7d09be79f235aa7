"""The Lambda handler of the table's stream."""

from liveness_gateway.adapters.jobs import Job, publish_batch, whole_batch
from liveness_gateway.bootstrap import publisher

handler = Job(publisher, publish_batch, whole_batch)
