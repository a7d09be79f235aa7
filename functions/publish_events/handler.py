"""The Lambda handler of the table's stream."""

from liveness_gateway.adapters.streams import StreamFunction
from liveness_gateway.bootstrap import publisher

handler = StreamFunction(publisher)
