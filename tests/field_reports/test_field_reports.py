"""What people who run such systems saw, each as a test that names where: `README.md` here.

Each case stands for a kind: the parameters beside it are others of the same kind.
"""

import gzip
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from infra.stages.context import resolve_stage
from infra.stages.errors import StageError
from liveness_gateway.adapters.secrets import SecretsManager, UpstreamCredentials
from liveness_gateway.verifications.model import MultipleFaces
from tests.api.events import COMPAT_PATHS, CREATE, post_event, read_event, selfie_form
from tests.api.gateway import SELFIE, Gateway
from tests.bodies import Body
from tests.contracts.sources import OPENAPI
from tests.doubles.secrets import UPSTREAM_ARN
from tests.field_reports.liveness_server import (
    Deployed,
    LivenessServer,
    Said,
    answer,
    said,
)

INPUTS = Path(__file__).with_name("inputs")
PAGE = b"<html>Request blocked</html>"


@pytest.mark.parametrize(
    "refusal",
    [
        said(b'{"Errors": [{"ErrCode": 1003, "Message": "no"}]}', "400 Bad Request"),
        said(PAGE, "413 Content Too Large"),
        said(PAGE, "403 Forbidden"),
        said(PAGE, "200 OK"),
        said(b"", "422 Unprocessable Content"),
        said(b'{"Errors": [{"ErrCode": 5005}]}'),
    ],
)
def test_f01_pictures_that_are_refused_refuse_nobody_else(
    gateway: Gateway, server: LivenessServer, refusal: Said
) -> None:
    """sgl-project/sglang#25811, vllm-project/router#60, yammer/circuitbox#45."""
    server.script = [refusal] * 6
    assert {gateway.post(key=f"refused-{n}").status for n in range(6)} == {502}
    assert gateway.post(key="other", api_key_id="key-id-2").status == 201


@pytest.mark.parametrize("score", [None, 0, 0.99, "none"])
@pytest.mark.parametrize("faces", [None, []])
@pytest.mark.parametrize("path", [CREATE, *COMPAT_PATHS])
def test_f03_no_face_is_an_answer_however_it_is_said(
    gateway: Gateway, server: LivenessServer, score: object, faces: object, path: str
) -> None:
    """golang/go#37711, flatcar/nebraska#1453."""
    server.script = [answer(score, faces)]
    created = gateway.post(resource=path)
    (record,) = gateway.world.records()
    assert created.status == (201 if path == CREATE else 200)
    assert (record.status, record.decision, record.reasons) == (
        "completed", "inconclusive", ("no_face",)
    )  # fmt: skip


def test_f05_a_user_agent_is_sent(gateway: Gateway, server: LivenessServer) -> None:
    """auth0-logs-to-provider#64, confluent schema-registry#194."""
    gateway.post()
    head = server.received[0].partition(b"\r\n\r\n")[0].lower()
    for name in (b"user-agent: ", b"accept: ", b"content-length: ", b"host: "):
        assert head.count(b"\r\n" + name) == 1


@pytest.mark.parametrize(
    "name",
    ["x" * 2_049, "0" * 2_049, "\ud800", "\u00e9" * 1_025, "", " ", "..", "%00", "A" * 32, "0" * 31,
     "0" * 33, "\u0660" * 32, "0" * 31 + "\n"],
    ids=range(13),
)  # fmt: skip
def test_f07_an_id_that_cannot_exist_is_not_found_and_asks_no_table(
    gateway: Gateway, name: str
) -> None:
    """next-auth#5827, getmoto/moto#3888."""
    event = read_event("x") | {"pathParameters": {"verification_id": name}}
    refused = gateway.send(event)
    assert (refused.status, refused.body["code"]) == (404, "not_found")
    assert gateway.world.faults.done() == []


@pytest.mark.parametrize("path", sorted(INPUTS.iterdir()), ids=lambda path: path.name)
def test_f08_what_every_decoder_opens_is_taken(gateway: Gateway, path: Path) -> None:
    """Pillow#1337, image-size#392."""
    assert gateway.post(selfie_form(path.read_bytes())).status == 201


@pytest.mark.parametrize("prefix", ["", "/prod", "/base", "/base/v2", "/local"])
def test_f11_links_hold_on_every_address(
    gateway: Gateway, server: LivenessServer, prefix: str
) -> None:
    """apig-wsgi#108, bref#309."""
    for said_by_upstream, name in ((None, "Location"), (said(PAGE), "instance")):
        server.script = [said_by_upstream] if said_by_upstream else []
        event = post_event(selfie_form(SELFIE))
        event["requestContext"]["path"] = prefix + CREATE
        told = gateway.send(event)
        link = told.headers.get(name) or told.body[name]
        assert link.startswith(f"{prefix}{CREATE}/")
        assert gateway.read(link.rpartition("/")[2]).status == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"default_threshold": Decimal("0.9")},
        {"minimum_threshold": Decimal("0.9"), "default_threshold": Decimal("0.95")},
        {"maximum_side": 20},
        {"minimum_side": 4_000},
        {"multiple_faces": MultipleFaces.SCORE},
        {"forward_metadata": True},
        {"upstream_dialect": "v0.1"},
    ],
)
@pytest.mark.parametrize("threshold", [None, "0.6"])
def test_f13_a_repeated_request_has_its_answer_whatever_the_stage_changed(
    world: Deployed, server: LivenessServer, changed: dict[str, Any], threshold: str | None
) -> None:
    """theam/facility#196, ietf-wg-httpapi/idempotency#36."""
    form = selfie_form(SELFIE, threshold=threshold)
    first = world.gateway().post(form, key="k")
    world.settings = replace(world.settings, **changed)
    again = world.gateway().post(form, key="k")
    assert (again.status, again.body) == (201, first.body)
    assert len(server.received) == 1


@pytest.mark.parametrize(
    "reference",
    ["\U0001f469\u200d\U0001f4bb", "\u3000", "\xa0", "\U0001fae9", "\u200b", "x" * 256, "\u2028"],
    ids=ascii,
)
def test_f15_a_subject_is_what_the_contract_allows(gateway: Gateway, reference: str) -> None:
    """ugrep#3, djust#2292, schemathesis#2978."""
    created = gateway.post(selfie_form(SELFIE, subject_ref=reference))
    assert (created.status, created.body["subject_ref"]) == (201, reference)
    post = OPENAPI["paths"][CREATE]["post"]["requestBody"]["content"]["multipart/form-data"]
    rule = post["schema"]["properties"]["subject_ref"]
    assert rule["minLength"] <= len(reference) <= rule["maxLength"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('\ufeff{"app_id": "a", "app_key": "b"}', ("a", "b")),
        ('{"app_id": 123456, "app_key": "b"}', ("123456", "b")),
        ('{"app_id": "a", "app_key": "b\\n"}', ("a", "b")),
        ('{"app_id": "a\\r\\n", "app_key": "\\tb "}\n', ("a", "b")),
    ],
)
def test_f16_a_secret_is_read_as_people_write_it(
    world: Deployed, text: str, read: tuple[str, str]
) -> None:
    """aws-cli#3419, argo-workflows#981."""
    world.secrets.answers[UPSTREAM_ARN] = {"SecretString": text, "VersionId": "v"}
    secrets: Any = world.secrets
    found = UpstreamCredentials(SecretsManager(secrets, UPSTREAM_ARN, world.clock)).get()
    assert (found.app_id, found.app_key) == read


def test_f16_why_a_secret_is_unusable_stands_in_the_log(gateway: Gateway) -> None:
    """aws-cli#3419, argo-workflows#981."""
    text = '{"app_id": "a", "app_key": "canary\\u0007"}'
    gateway.world.secrets.answers[UPSTREAM_ARN] = {"SecretString": text, "VersionId": "v"}
    assert gateway.post().status == 503
    written = gateway.telemetry.stream.getvalue()
    assert "app_key is empty or cannot be sent in a header" in written
    assert "canary\\u0007" not in written


@pytest.mark.parametrize(
    "origin", ["capacitor://localhost", "ionic://localhost", "http://localhost:8100"]
)
def test_f17_the_origin_of_an_app_can_be_allowed(origin: str) -> None:
    """initiative#499, capacitor#1041."""
    context = {"stage": "prod", "upstream_url": "https://liveness.example.com"}
    assert resolve_stage(context | {"allowed_origins": origin}).allowed_origins == (origin,)
    with pytest.raises(StageError):
        resolve_stage(context | {"allowed_origins": f"{origin}/"})


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize(
    ("asked", "told"), [("120", "120"), ("3600", "3600"), ("86400", "3600"), ("3", "3")]
)
def test_f20_what_upstream_asks_to_wait_is_passed_on(
    gateway: Gateway, server: LivenessServer, status: str, asked: str, told: str
) -> None:
    """api7/aisix#144, litellm#21553."""
    server.script = [said(b"{}", status, Retry_After=asked)] * 2
    refused = gateway.post()
    assert (refused.status, refused.headers["Retry-After"]) == (503, told)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd"])
def test_f22_a_compressed_body_is_refused_by_its_name(gateway: Gateway, coding: str) -> None:
    """http-https-echo#31, serverless-http#194."""
    form = selfie_form(SELFIE)
    packed = Body(form.content_type, gzip.compress(form.content))
    refused = gateway.post(packed, headers=[("Content-Encoding", coding)])
    assert (refused.status, refused.body["code"]) == (415, "unsupported_media")
    assert "Content-Encoding" in refused.body["detail"]
