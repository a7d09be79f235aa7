"""The Lambda handler of the POST routes."""

from liveness_gateway.api.edge import Function
from liveness_gateway.bootstrap import verify_application

handler = Function(verify_application)
