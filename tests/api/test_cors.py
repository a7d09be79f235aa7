"""CORS on every answer, as the Fetch standard asks for it."""

import pytest

from liveness_gateway.verifications.ports import LedgerUnavailableError
from tests.api.events import COMPAT_PATHS, HEALTH, Pairs, proxy_event, selfie_form
from tests.api.gateway import SELFIE, Answered, Gateway
from tests.world import World

OURS = "https://app.example.com"
EXPOSED = "Location, Retry-After, X-Correlation-Id, Idempotency-Replayed"


def answers(gateway: Gateway, headers: Pairs) -> list[Answered]:
    """A success, refusals of each kind and a failure nobody foresaw."""
    gateway.world.faults.clear()
    good = gateway.post(headers=headers)
    found = [good, gateway.post(resource=COMPAT_PATHS[0], headers=headers)]
    found.append(gateway.post(selfie_form(SELFIE, threshold="2"), headers=headers))
    found.append(gateway.post(selfie_form(SELFIE, threshold="2"), COMPAT_PATHS[1], headers=headers))
    found.append(gateway.read(good.body["verification_id"], headers=headers))
    found.append(gateway.read("nobody", headers=headers))
    found.append(gateway.send(proxy_event("GET", HEALTH, headers=headers)))
    found.append(gateway.send(proxy_event("GET", "/nowhere", headers=headers)))
    gateway.world.faults.fail("ledger.claim", LedgerUnavailableError("x"), times=1000)
    found.append(gateway.post(headers=headers))
    gateway.world.faults.fail("fingerprints.of", RuntimeError("x"))
    found.append(gateway.post(headers=headers))
    assert {one.status for one in found} == {200, 201, 404, 422, 500, 503}
    return found


def cors(answered: Answered) -> dict[str, str]:
    names = ("access-control-", "vary")
    return {
        name: value for name, value in answered.headers.items() if name.lower().startswith(names)
    }


@pytest.mark.parametrize("name", ["Origin", "origin", "ORIGIN"])
@pytest.mark.parametrize("origin", [OURS, "https://other.example.com"])
def test_an_allowed_origin_may_read(gateway: Gateway, origin: str, name: str) -> None:
    for each in answers(gateway, [(name, origin)]):
        assert cors(each) == {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": EXPOSED,
            "Vary": "Origin",
        }


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example.com", "null", "", "*", OURS.upper(), OURS + "/", OURS + ":443",
     "http://app.example.com", OURS + ".evil.example.com", "https://app.example.com\r\nX: y",
     f"{OURS}, {OURS}"],
)  # fmt: skip
def test_another_origin_may_not(gateway: Gateway, origin: str) -> None:
    for each in answers(gateway, [("Origin", origin)]):
        assert cors(each) == {"Vary": "Origin"}


def test_without_an_origin_caches_are_told_all_the_same(gateway: Gateway) -> None:
    for each in answers(gateway, []):
        assert cors(each) == {"Vary": "Origin"}


def test_two_origins_are_none(gateway: Gateway) -> None:
    for each in answers(gateway, [("Origin", OURS), ("origin", "https://evil.example.com")]):
        assert cors(each) == {"Vary": "Origin"}


@pytest.mark.parametrize("headers", [[], [("Origin", OURS)], [("Origin", "https://any.example")]])
def test_a_stage_that_allows_all_says_so(world: World, headers: Pairs) -> None:
    for each in answers(Gateway(world, origins=("*",)), headers):
        assert cors(each) == {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": EXPOSED,
        }


def test_credentials_are_never_allowed(gateway: Gateway) -> None:
    for each in answers(gateway, [("Origin", OURS)]):
        assert "access-control-allow-credentials" not in {name.lower() for name in each.headers}
