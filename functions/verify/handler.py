"""The Lambda handler of the POST routes."""

from liveness_gateway.bootstrap import verify_application
from liveness_gateway.entrypoints.http.application import Function

handler = Function(verify_application)
