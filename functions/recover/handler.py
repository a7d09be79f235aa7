"""The Lambda handler of the emergency queue."""

from liveness_gateway.bootstrap import recoverer
from liveness_gateway.entrypoints.batch import Job, all_messages, store_kept

handler = Job(recoverer, store_kept, all_messages)
