"""The Lambda handler of the POST routes."""

from liveness_gateway.bootstrap.verify import verify_from_environment
from liveness_gateway.entrypoints.http.handler import LambdaHandler

handler = LambdaHandler(verify_from_environment)
