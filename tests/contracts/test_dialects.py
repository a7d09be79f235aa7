"""Dialects: the stack offers those the functions speak, and the sandbox answers each of them."""

import re

import pytest

from infra.stages import DIALECTS as OFFERED
from infra.stages import STAGES, Stage
from liveness_gateway.adapters.upstream.dialects import DIALECTS
from sandbox.credentials import CREDENTIAL_HEADERS
from tests.contracts.agreement import agree, read


def test_the_stack_offers_the_dialects_that_are_spoken() -> None:
    agree(
        "dialects",
        {
            "infra/stages.py DIALECTS": set(OFFERED),
            "functions/liveness_gateway/adapters/upstream/dialects.py": DIALECTS.keys(),
            "sandbox/credentials.py CREDENTIAL_HEADERS": CREDENTIAL_HEADERS.keys(),
            "sandbox/landing.py": set(
                re.findall(r"/(v[\d.]+)/liveness-verification", read("sandbox/landing.py"))
            ),
        },
    )
    assert all(version == dialect.version for version, dialect in DIALECTS.items())


@pytest.mark.parametrize("version", DIALECTS)
def test_the_sandbox_takes_the_credentials_of_each_dialect(version: str) -> None:
    dialect = DIALECTS[version]
    agree(
        f"credential headers of {version}",
        {
            "functions/liveness_gateway/adapters/upstream/dialects.py": (
                dialect.id_header,
                dialect.key_header,
            ),
            "sandbox/credentials.py CREDENTIAL_HEADERS": CREDENTIAL_HEADERS[version],
        },
    )


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.name)
def test_the_dialect_of_each_stage_is_spoken(stage: Stage) -> None:
    assert stage.upstream_dialect in DIALECTS, f"infra/stages.py {stage.name}"


def test_the_handbook_names_a_dialect_that_is_spoken() -> None:
    (named,) = re.findall(r"UPSTREAM_DIALECT=(\S+)`", read("docs/operate.md"))
    assert named in DIALECTS, f"docs/operate.md: {named}"
