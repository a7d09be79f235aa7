"""Dialects: the stack offers those the functions speak, and the sandbox answers each of them."""

import re

from infra.stages.stage import DIALECTS as OFFERED
from liveness_gateway.adapters.upstream.dialects import DIALECTS
from sandbox.credentials import CREDENTIAL_HEADERS
from tests.contracts.sources import read
from tests.infra.assembly import STAGES


def test_stack_and_sandbox_have_the_dialects_that_are_spoken() -> None:
    assert set(OFFERED) == DIALECTS.keys()
    landing = re.findall(r"/(v[\d.]+)/liveness-verification", read("sandbox/landing.py"))
    assert set(landing) == DIALECTS.keys()
    headers = {version: (d.id_header, d.key_header) for version, d in DIALECTS.items()}
    assert headers == CREDENTIAL_HEADERS
    assert all(version == dialect.version for version, dialect in DIALECTS.items())


def test_every_stage_and_the_handbook_name_a_dialect_that_is_spoken() -> None:
    (named,) = re.findall(r"UPSTREAM_DIALECT=(\S+)`", read("docs/operate.md"))
    assert {named, *(stage.upstream_dialect for stage in STAGES.values())} <= DIALECTS.keys()
