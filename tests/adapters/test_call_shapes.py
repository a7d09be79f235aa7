"""The functions' clients do not check the shapes of their calls: the clients of these tests do."""

from liveness_gateway.bootstrap import clients
from tests.adapters import aws_endpoint


def test_every_adapter_is_tested_with_a_client_that_checks_its_calls() -> None:
    for config in (aws_endpoint.TWICE, aws_endpoint.ONCE, aws_endpoint.IMPATIENT):
        assert vars(config)["parameter_validation"]


def test_no_client_of_the_functions_spends_time_on_that() -> None:
    for config in (clients.QUICK, clients.ONCE, clients.SECRETS):
        assert not vars(config)["parameter_validation"]
