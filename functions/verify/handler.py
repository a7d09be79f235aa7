"""The Lambda handler of the POST routes."""

from liveness_gateway.bootstrap.initialisation import initialised
from liveness_gateway.bootstrap.verify import verify_from_environment
from liveness_gateway.entrypoints.http.handler import LambdaHandler

handler = initialised(LambdaHandler(verify_from_environment))
