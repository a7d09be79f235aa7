"""What the stack tells the functions: each value is there, usable, and typed; or nothing starts."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal

import pytest

from liveness_gateway.settings import (
    PublishSettings,
    ResultsSettings,
    SettingsError,
    TableSettings,
    VerifySettings,
)
from liveness_gateway.verifications.model import MultipleFaces

VERIFY = {
    "STAGE": "dev",
    "POWERTOOLS_METRICS_NAMESPACE": "gateway",
    "TABLE_NAME": "verifications",
    "UPSTREAM_URL": "https://liveness.example.com/api/",
    "UPSTREAM_DIALECT": "v0.2",
    "UPSTREAM_SECRET_ARN": "arn:upstream",
    "FINGERPRINT_SECRET_ARN": "arn:fingerprint",
    "BREAKER_TABLE_NAME": "breaker",
    "BUDGET_TABLE_NAME": "budgets",
    "EMERGENCY_QUEUE_URL": "https://queue.example.com/emergency",
    "ALLOWED_ORIGINS": "https://app.example.com, https://www.example.com",
    "DEFAULT_THRESHOLD": "0.6",
    "MINIMUM_THRESHOLD": "0.5",
    "MINIMUM_SIDE": "300",
    "MAXIMUM_SIDE": "5000",
    "RETENTION_HOURS": "48",
    "MULTIPLE_FACES": "score",
    "FORWARD_METADATA": "false",
    "CLIENT_CALLS_PER_DAY": "0",
    "CLIENT_CALLS_PER_MONTH": "20000",
}
EVERY = {name: VERIFY[name] for name in ("STAGE", "POWERTOOLS_METRICS_NAMESPACE")}
TABLE = EVERY | {"TABLE_NAME": "verifications"}
RESULTS = TABLE | {"ALLOWED_ORIGINS": VERIFY["ALLOWED_ORIGINS"]}
PUBLISH = EVERY | {"EVENT_BUS_NAME": "bus", "DEAD_LETTER_QUEUE_URL": "https://dlq"}

Reader = Callable[[Mapping[str, str]], object]
READERS: list[tuple[Reader, dict[str, str]]] = [
    (VerifySettings.read, VERIFY),
    (ResultsSettings.read, RESULTS),
    (PublishSettings.read, PUBLISH),
    (TableSettings.read, TABLE),
]


def refusal(changes: Mapping[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        VerifySettings.read(VERIFY | dict(changes))
    return str(caught.value)


def test_all_that_verify_is_told() -> None:
    assert VerifySettings.read(VERIFY) == VerifySettings(
        stage="dev",
        powertools_metrics_namespace="gateway",
        table_name="verifications",
        upstream_url="https://liveness.example.com/api/",
        upstream_dialect="v0.2",
        upstream_secret_arn="arn:upstream",  # noqa: S106 - a name, no secret
        fingerprint_secret_arn="arn:fingerprint",  # noqa: S106 - a name, no secret
        breaker_table_name="breaker",
        budget_table_name="budgets",
        emergency_queue_url="https://queue.example.com/emergency",
        allowed_origins=("https://app.example.com", "https://www.example.com"),
        default_threshold=Decimal("0.6"),
        minimum_threshold=Decimal("0.5"),
        minimum_side=300,
        maximum_side=5000,
        retention_hours=48,
        multiple_faces=MultipleFaces.SCORE,
        forward_metadata=False,
        client_calls_per_day=0,
        client_calls_per_month=20000,
    )


@pytest.mark.parametrize("value", ["yes", "True", "1", "TRUE ", "0"])
def test_a_switch_is_true_or_false(value: str) -> None:
    assert refusal({"FORWARD_METADATA": value}) == "FORWARD_METADATA is neither true nor false"
    assert VerifySettings.read(VERIFY | {"FORWARD_METADATA": "true"}).forward_metadata


def test_all_that_the_others_are_told() -> None:
    origins = ("https://app.example.com", "https://www.example.com")
    assert ResultsSettings.read(RESULTS) == ResultsSettings(
        "dev", "gateway", "verifications", origins
    )
    assert PublishSettings.read(PUBLISH) == PublishSettings("dev", "gateway", "bus", "https://dlq")
    assert TableSettings.read(TABLE) == TableSettings("dev", "gateway", "verifications")


@pytest.mark.parametrize(
    ("read", "variables", "name"),
    [(read, variables, name) for read, variables in READERS for name in variables],
)
def test_each_setting_must_be_there(read: Reader, variables: dict[str, str], name: str) -> None:
    without = {other: value for other, value in variables.items() if other != name}
    for broken in (without, without | {name: ""}):
        with pytest.raises(SettingsError, match=f"^{name} is not set$"):
            read(broken)


@pytest.mark.parametrize("name", ["DEFAULT_THRESHOLD", "MINIMUM_THRESHOLD"])
@pytest.mark.parametrize(
    "value", ["x", "NaN", "sNaN", "Infinity", "-Infinity", "1e999999999", "-0.1", "1.01", "60"]
)
def test_a_threshold_is_a_number_from_0_to_1(name: str, value: str) -> None:
    message = refusal({name: value})
    assert message.startswith(f"{name} is not ")
    assert f" {value}" not in message


@pytest.mark.parametrize("name", ["MINIMUM_SIDE", "MAXIMUM_SIDE", "RETENTION_HOURS"])
@pytest.mark.parametrize(
    "value", ["many", "NaN", "Infinity", "-1", "24.5", "10000001", "1e30", "1e999999"]
)
def test_sides_and_hours_are_whole_numbers(name: str, value: str) -> None:
    assert refusal({name: value}).startswith(f"{name} is not ")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"RETENTION_HOURS": "23"}, "RETENTION_HOURS is below 24"),
        ({"DEFAULT_THRESHOLD": "0.4999"}, "DEFAULT_THRESHOLD is below MINIMUM_THRESHOLD"),
        ({"MAXIMUM_SIDE": "1"}, "MAXIMUM_SIDE is below MINIMUM_SIDE"),
        ({"MAXIMUM_SIDE": "299"}, "MAXIMUM_SIDE is below MINIMUM_SIDE"),
        *[
            ({"MULTIPLE_FACES": value}, "MULTIPLE_FACES is neither inconclusive nor score")
            for value in ("Score", "both", " score")
        ],
    ],
)
def test_a_value_no_stage_can_have(changes: dict[str, str], message: str) -> None:
    assert refusal(changes).startswith(message)


def test_the_least_of_each_is_taken() -> None:
    least = VerifySettings.read(VERIFY | {"RETENTION_HOURS": "24", "DEFAULT_THRESHOLD": "0.5"})
    assert least.retention == timedelta(days=1)
    assert least.default_threshold == least.minimum_threshold


@pytest.mark.parametrize("value", ["0", "1", "1e-3", "0.0"])
def test_the_ends_of_the_range_are_thresholds_too(value: str) -> None:
    thresholds = {"DEFAULT_THRESHOLD": "1", "MINIMUM_THRESHOLD": value}
    assert VerifySettings.read(VERIFY | thresholds).minimum_threshold == Decimal(value)


@pytest.mark.parametrize(("minimum", "maximum"), [("300", "0"), ("0", "0"), ("300", "300")])
def test_0_switches_a_limit_off(minimum: str, maximum: str) -> None:
    sides = {"MINIMUM_SIDE": minimum, "MAXIMUM_SIDE": maximum}
    settings = VerifySettings.read(VERIFY | sides)
    assert (settings.minimum_side, settings.maximum_side) == (int(minimum), int(maximum))
