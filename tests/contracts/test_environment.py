"""Settings: each function reads all that the stack tells it, in every stage."""

import dataclasses

import pytest

from infra.metrics import METRICS_NAMESPACE
from liveness_gateway.adapters.upstream.dialects import DIALECTS
from liveness_gateway.settings import VerifySettings
from tests.contracts.deployed import environment, settings_of
from tests.contracts.sources import FUNCTIONS
from tests.infra.assembly import Assembly

# Read by Powertools itself.
READ_BY_POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL"}
# Read by botocore, where it is set: see `Stage.aws_roots_only`.
READ_BY_BOTOCORE = {"AWS_CA_BUNDLE"}


def test_every_folder_with_a_handler_is_deployed(prod: Assembly) -> None:
    functions = prod.resources("AWS::Lambda::Function").values()
    deployed = {function["Handler"] for function in functions}
    assert deployed == {f"{name}.handler.handler" for name in FUNCTIONS}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_reads_the_variables_that_every_stage_sets(
    assembly: Assembly, function: str
) -> None:
    variables = environment(assembly, function)
    read = {field.name.upper() for field in dataclasses.fields(settings_of(function))}
    assert variables.keys() - READ_BY_BOTOCORE == read | READ_BY_POWERTOOLS
    settings = settings_of(function).read(variables)
    assert settings.stage == assembly.stage
    assert settings.powertools_metrics_namespace == METRICS_NAMESPACE


def test_verify_is_told_what_the_stage_says(assembly: Assembly) -> None:
    settings = VerifySettings.read(environment(assembly, "verify"))
    assert settings.upstream_dialect in DIALECTS
    assert list(settings.allowed_origins) == (assembly.origins or ["none"])
