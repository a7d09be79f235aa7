"""CORS on every answer, as the Fetch standard asks for it."""

from dataclasses import replace

import pytest

from tests.api.events import COMPAT_PATHS, HEALTH, Pairs, proxy_event, selfie_form
from tests.api.gateway import SELFIE, Answered, Gateway
from tests.world import SETTINGS, World, refused

OURS = "https://app.example.com"
EXPOSED = (
    "Location, Retry-After, X-Correlation-Id, Idempotency-Replayed, RateLimit, RateLimit-Policy"
)


def answers(gateway: Gateway, headers: Pairs) -> list[Answered]:
    """A success, refusals of each kind and an unexpected error."""
    gateway.world.faults.clear()
    good = gateway.post(headers=headers)
    found = [good, gateway.post(resource=COMPAT_PATHS[0], headers=headers)]
    found.append(gateway.post(selfie_form(SELFIE, threshold="2"), headers=headers))
    found.append(gateway.post(selfie_form(SELFIE, threshold="2"), COMPAT_PATHS[1], headers=headers))
    found.append(gateway.read(good.body["verification_id"], headers=headers))
    found.append(gateway.read("nobody", headers=headers))
    found.append(gateway.send(proxy_event("GET", HEALTH, headers=headers)))
    found.append(gateway.send(proxy_event("GET", "/nowhere", headers=headers)))
    gateway.world.faults.fail("table.put", refused(), times=1000)
    found.append(gateway.post(headers=headers))
    gateway.world.faults.clear()
    gateway.world.faults.fail("table.put", RuntimeError("x"))
    found.append(gateway.post(headers=headers))
    assert {one.status for one in found} == {200, 201, 404, 422, 500, 503}
    return found


def cors(answered: Answered) -> dict[str, str]:
    names = ("access-control-", "vary")
    return {
        name: value for name, value in answered.headers.items() if name.lower().startswith(names)
    }


@pytest.mark.parametrize(
    ("name", "origin"), [("Origin", OURS), ("origin", "https://other.example.com")]
)
def test_an_allowed_origin_may_read(gateway: Gateway, name: str, origin: str) -> None:
    for each in answers(gateway, [(name, origin)]):
        assert cors(each) == {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": EXPOSED,
            "Vary": "Origin",
        }


@pytest.mark.parametrize(
    "origins",
    [[], [OURS, "https://evil.example.com"],
     *[[origin] for origin in (
        "https://evil.example.com", "null", "", "*", OURS.upper(), OURS + "/", OURS + ":443",
        "http://app.example.com", OURS + ".evil.example.com", "https://app.example.com\r\nX: y",
        f"{OURS}, {OURS}",
     )]],
)  # fmt: skip
def test_without_one_allowed_origin_caches_are_told_all_the_same(
    gateway: Gateway, origins: list[str]
) -> None:
    for each in answers(gateway, [("Origin", origin) for origin in origins]):
        assert cors(each) == {"Vary": "Origin"}


@pytest.mark.parametrize("headers", [[], [("Origin", OURS)], [("Origin", "https://any.example")]])
def test_a_stage_that_allows_all_says_so(world: World, headers: Pairs) -> None:
    world.settings = replace(SETTINGS, allowed_origins=("*",))
    for each in answers(Gateway(world), headers):
        assert cors(each) == {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": EXPOSED,
        }
