"""The Lambda handler of the GET routes: it knows no upstream and no secret."""

from liveness_gateway.api.edge import Function
from liveness_gateway.bootstrap import results_application

handler = Function(results_application)
