"""The Lambda handler of the GET routes: it knows no upstream and no secret."""

from liveness_gateway.bootstrap import results_application
from liveness_gateway.entrypoints.http.application import Function

handler = Function(results_application)
