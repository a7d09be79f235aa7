"""The Lambda handler of the emergency queue."""

from liveness_gateway.adapters.jobs import Job, all_messages, store_kept
from liveness_gateway.bootstrap import recoverer

handler = Job(recoverer, store_kept, all_messages)
