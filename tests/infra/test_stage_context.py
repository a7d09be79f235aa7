"""What an operator may ask for, and what they are told when it cannot be built."""

import pytest

from infra.stage_context import StageError, resolve_stage
from infra.stages import ANY_ORIGIN, STAGES

_HTTPS = "https://liveness.example.com"
_PROD = {"stage": "prod", "upstream_url": _HTTPS}
_UNUSABLE_ADDRESSES = (
    "http://liveness.example.com",
    "liveness.example.com",
    "ftp://liveness.example.com",
    "https://",
    "https:///path",
    "https://user:secret@liveness.example.com",
    "https://user@liveness.example.com",
    "https://liveness.example.com?key=1",
    "https://liveness.example.com?",
    "https://liveness.example.com/#top",
    "https://liveness.example.com#",
    "https://liveness.example.com:port",
    "https://liveness.example.com:99999",
    "https://liveness example.com",
    "https://liveness.example.com/\n",
    "https://l\u0456veness.example.com",
    "https://[::1",
    "https://liveness.example.com/v0.1",
    "https://liveness.example.com/v0.2/liveness-verification",
)
_NO_ORIGINS = (
    "https://a.example/",
    "https://a.example/path",
    "https://*.example",
    "a.example",
    "null",
    "https://a.example,*",
    "https://a.example'",
    'https://a.example"',
    "https://a.example$input",
    "http://a.example",
    "http://localhost:3000",
)


@pytest.mark.parametrize("context", [{}, {"stage": ""}])
def test_local_is_the_default_and_needs_nothing(context: dict[str, str]) -> None:
    stage = resolve_stage(context)
    assert stage.name == "local"
    assert stage.upstream_url.startswith("http://127.0.0.1")
    assert stage.allowed_origins == ANY_ORIGIN


@pytest.mark.parametrize("name", ["production", "LOCAL", "prod "])
def test_an_unknown_stage_is_refused_with_the_choices(name: str) -> None:
    with pytest.raises(StageError, match=r"local, dev, prod .*-c stage=") as refused:
        resolve_stage({"stage": name, "upstream_url": _HTTPS})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_a_cloud_stage_needs_an_upstream_address(name: str) -> None:
    with pytest.raises(StageError, match=r"-c upstream_url=") as refused:
        resolve_stage({"stage": name})
    assert "\n" not in str(refused.value)
    assert resolve_stage({"stage": name, "upstream_url": _HTTPS}).upstream_url == _HTTPS


@pytest.mark.parametrize("url", _UNUSABLE_ADDRESSES)
@pytest.mark.parametrize("name", ["dev", "prod"])
def test_an_unusable_address_is_refused(name: str, url: str) -> None:
    with pytest.raises(StageError, match=r"-c upstream_url=") as refused:
        resolve_stage({"stage": name, "upstream_url": url})
    assert "\n" not in str(refused.value)
    assert "secret@" not in str(refused.value)


@pytest.mark.parametrize(
    ("stage", "url", "kept"),
    [
        ("prod", _HTTPS + "/", _HTTPS),
        ("prod", _HTTPS + ":8443/base/", _HTTPS + ":8443/base"),
        ("prod", "https://[::1]:8443", "https://[::1]:8443"),
        # Only the local stage may use plain HTTP.
        ("local", "http://127.0.0.1:4000", "http://127.0.0.1:4000"),
    ],
)
def test_an_address_is_kept_without_its_last_slash(stage: str, url: str, kept: str) -> None:
    assert resolve_stage({"stage": stage, "upstream_url": url}).upstream_url == kept


def test_the_dialect_can_be_chosen_and_an_unknown_one_is_refused() -> None:
    assert resolve_stage({"upstream_dialect": "v0.2"}).upstream_dialect == "v0.2"
    with pytest.raises(StageError, match=r"v0\.1, v0\.2 .*-c upstream_dialect="):
        resolve_stage({"upstream_dialect": "v1"})


def test_origins_replace_those_of_the_stage() -> None:
    assert resolve_stage(_PROD).allowed_origins == ()
    named = resolve_stage(
        {**_PROD, "allowed_origins": "https://A.example, https://b.example:8443,"}
    )
    assert named.allowed_origins == ("https://a.example", "https://b.example:8443")
    assert resolve_stage({**_PROD, "allowed_origins": "*"}).allowed_origins == ANY_ORIGIN
    assert resolve_stage({"allowed_origins": ""}).allowed_origins == ()


@pytest.mark.parametrize("origin", _NO_ORIGINS)
def test_an_unusable_origin_is_refused(origin: str) -> None:
    with pytest.raises(StageError, match="-c allowed_origins="):
        resolve_stage({**_PROD, "allowed_origins": origin})


def test_a_page_on_the_developers_machine_may_call_dev() -> None:
    context = {**_PROD, "stage": "dev", "allowed_origins": "http://localhost:3000"}
    assert resolve_stage(context).allowed_origins == ("http://localhost:3000",)


def test_no_cloud_stage_has_settings_of_the_local_one() -> None:
    for stage in STAGES.values():
        assert stage.host_libraries is not stage.in_cloud
        assert stage.sets_api_gateway_log_role
        if stage.in_cloud:
            assert not stage.upstream_url
            assert stage.client_quota_per_day
    assert [name for name, stage in STAGES.items() if stage.keep_data] == ["prod"]
