"""What an operator may ask for, and what they are told when it cannot be built."""

import re

import pytest

from infra.stages.context import resolve_stage
from infra.stages.errors import StageError
from infra.stages.stage import ANY_ORIGIN
from tests.infra.assembly import UPSTREAM

_PROD = {"stage": "prod", "upstream_url": UPSTREAM}
_CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/of-the-domain"
_UNUSABLE_ADDRESSES = (
    "",
    "http://liveness.example.com",
    "liveness.example.com",
    "https:///path",
    "https://user:secret@liveness.example.com",
    "https://liveness.example.com?key=1",
    "https://liveness.example.com?",
    "https://liveness.example.com#",
    "https://liveness.example.com:99999",
    "https://liveness example.com",
    "https://liveness.\nexample.com",
    "https://l\u0456veness.example.com",
    "https://[::1",
    "https://liveness.example.com/v0.1",
    "https://liveness.example.com/v0.2/liveness-verification",
)
_UNUSABLE_ORIGINS = (
    "https://a.example/",
    "https://*.example",
    "a.example",
    "null",
    "https://a.example,*",
    "https://a.example'",
    "https://a.example$input",
    "http://127.0.0.1:3000",
    "http://localhost.example",
    "http://app.localhost",
    "capacitor://localhost/",
    "capacitor://app.example",
    "capacitor://",
    "javascript://localhost'",
    "file://",
)
# The last value is the wrong one.
_UNUSABLE = (
    *({"upstream_url": UPSTREAM, "stage": name} for name in ("production", "LOCAL", "prod ")),
    {**_PROD, "upstream_dialect": "v1"},
    *(
        {"stage": stage, "upstream_url": url}
        for stage in ("dev", "prod")
        for url in _UNUSABLE_ADDRESSES
    ),
    *({**_PROD, "allowed_origins": origin} for origin in _UNUSABLE_ORIGINS),
    {**_PROD, "certificate": _CERTIFICATE, "domain": "localhost"},
    {**_PROD, "certificate": _CERTIFICATE, "domain": "https://api.example.com"},
    {**_PROD, "domain": "api.example.com", "certificate": "api.example.com"},
    {"certificate": _CERTIFICATE, "domain": "api.example.com"},
    *({**_PROD, "alarm_email": text} for text in ("me", "a@b,c@d", "a b@c", "@c", "a@")),
)
_CHOICES = {"stage": "local, dev, prod", "upstream_dialect": r"'v0\.1' or 'v0\.2'"}


@pytest.mark.parametrize("context", _UNUSABLE, ids=lambda context: "-".join(context.values()))
def test_an_unusable_value_is_refused_in_one_line(context: dict[str, str]) -> None:
    wrong = list(context)[-1]
    with pytest.raises(StageError) as refused:
        resolve_stage(context)
    message = str(refused.value)
    assert re.search(rf"{_CHOICES.get(wrong, '')}.*-c {wrong}=\.\.\.", message)
    assert "\n" not in message
    assert "secret@" not in message


@pytest.mark.parametrize("context", [{}, {"stage": ""}])
def test_local_is_the_default_and_needs_nothing(context: dict[str, str]) -> None:
    stage = resolve_stage(context)
    assert (stage.name, stage.in_cloud, stage.allowed_origins) == ("local", False, ANY_ORIGIN)


@pytest.mark.parametrize(
    ("stage", "name", "value", "kept"),
    [
        ("dev", "upstream_url", UPSTREAM, UPSTREAM),
        ("prod", "upstream_url", f"{UPSTREAM}:8443/base/", f"{UPSTREAM}:8443/base"),
        ("prod", "upstream_url", "https://[::1]:8443", "https://[::1]:8443"),
        # Only the local stage may use plain HTTP.
        ("local", "upstream_url", "http://127.0.0.1:4000", "http://127.0.0.1:4000"),
        ("local", "upstream_dialect", "v0.2", "v0.2"),
        ("prod", "allowed_origins", None, ()),
        ("dev", "allowed_origins", "none", ()),
        ("dev", "allowed_origins", " None ", ()),
        ("prod", "allowed_origins", "*", ANY_ORIGIN),
        ("dev", "allowed_origins", "", ANY_ORIGIN),
        (
            "prod",
            "allowed_origins",
            "https://A.example, https://b.example:8443,",
            ("https://a.example", "https://b.example:8443"),
        ),
        # Apps: a web view's own scheme, or a page served on the phone itself.
        *(
            ("prod", "allowed_origins", origin, (origin,))
            for origin in (
                "capacitor://localhost",
                "ionic://localhost",
                "http://localhost",
                "http://localhost:8100",
                "my-app+1.x://localhost",
                "https://localhost",
            )
        ),
        # A page on the developer's machine may call dev.
        ("dev", "allowed_origins", "http://127.0.0.1:5173", ("http://127.0.0.1:5173",)),
        ("dev", "allowed_origins", "http://localhost:3000", ("http://localhost:3000",)),
    ],
)
def test_a_usable_value_is_kept(stage: str, name: str, value: str | None, kept: object) -> None:
    context = {"upstream_url": UPSTREAM, "stage": stage, name: value}
    assert getattr(resolve_stage(context), name) == kept
