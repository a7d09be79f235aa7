"""The Lambda handler of the table's stream."""

from liveness_gateway.bootstrap import publisher
from liveness_gateway.entrypoints.batch import Job, publish_batch, whole_batch

handler = Job(publisher, publish_batch, whole_batch)
