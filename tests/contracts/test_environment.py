"""Settings: each function reads all that the stack tells it, in every stage."""

import dataclasses

import pytest

from liveness_gateway.adapters.upstream.dialects import DIALECTS
from liveness_gateway.settings import VerifySettings
from tests.contracts.agreement import FUNCTIONS, agree
from tests.contracts.deployed import environment, settings_of
from tests.infra.assembly import Assembly

# Read by Powertools itself.
READ_BY_POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL"}


def test_every_folder_with_a_handler_is_deployed(prod: Assembly) -> None:
    functions = prod.resources("AWS::Lambda::Function").values()
    agree(
        "functions",
        {
            "functions/*/handler.py": {f"{name}.handler.handler" for name in FUNCTIONS},
            "infra/functions": {function["Handler"] for function in functions},
        },
    )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_stack_sets_the_variables_that_a_function_reads(
    assembly: Assembly, function: str
) -> None:
    read = {field.name.upper() for field in dataclasses.fields(settings_of(function))}
    agree(
        f"environment variables of {function}",
        {
            "infra/functions": environment(assembly, function).keys(),
            "functions/liveness_gateway/settings.py": read | READ_BY_POWERTOOLS,
        },
    )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_can_read_the_settings_of_every_stage(assembly: Assembly, function: str) -> None:
    settings = settings_of(function).read(environment(assembly, function))
    assert settings.stage == assembly.stage


def test_verify_is_told_what_the_stage_says(assembly: Assembly) -> None:
    settings = VerifySettings.read(environment(assembly, "verify"))
    assert settings.upstream_dialect in DIALECTS
    assert list(settings.allowed_origins) == (assembly.origins or ["none"])
