"""The Lambda handler of the GET routes: it uses no upstream and no secret."""

from liveness_gateway.bootstrap.initialisation import initialised
from liveness_gateway.bootstrap.results import results_from_environment
from liveness_gateway.entrypoints.http.handler import LambdaHandler

handler = initialised(LambdaHandler(results_from_environment))
