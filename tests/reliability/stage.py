"""One gateway for one run: real adapters on real sockets, wired as `bootstrap` wires them.

`tests/reliability/test_stage.py` compares the wiring with that of `bootstrap`, object by object.
"""

import base64
import hashlib
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final, Self

from botocore.config import Config

from liveness_gateway import bootstrap
from liveness_gateway.adapters.dynamodb.ledger import DynamoDBLedger
from liveness_gateway.adapters.secrets import HmacFingerprints, SecretsManager, UpstreamCredentials
from liveness_gateway.adapters.sqs import SqsEmergencyQueue, SqsQueue
from liveness_gateway.adapters.upstream.breaker import (
    CircuitBreaker,
    CountingBreakerStore,
    breaker_config,
)
from liveness_gateway.adapters.upstream.client import UpstreamClient
from liveness_gateway.adapters.upstream.dialects import DIALECTS
from liveness_gateway.adapters.upstream.transport import HttpTransport
from liveness_gateway.adapters.upstream.window import WINDOW_SECONDS, SharedWindow
from liveness_gateway.entrypoints.http.application import Application
from liveness_gateway.entrypoints.http.handler import LambdaHandler
from liveness_gateway.entrypoints.http.routes import ResultsRoutes, VerifyRoutes
from liveness_gateway.verifications.model import MultipleFaces
from liveness_gateway.verifications.read import RecordReader
from liveness_gateway.verifications.requests import Policy
from liveness_gateway.verifications.selfie import SelfieLimits
from liveness_gateway.verifications.verify import Verifier
from sandbox import Sandbox
from tests.adapters.aws_endpoint import REGION, Fault
from tests.bodies import CLIENTS, Body, form
from tests.reliability.clocks import Countdown, MovableClock
from tests.reliability.cloud import Cloud, stream_of
from tests.reliability.outputs import Outputs, RecordedTelemetry
from tests.reliability.selfies import FILE_NAME, new_selfie
from tests.reliability.surroundings import ALL_FUNCTIONS
from tests.tables import create_breaker, create_verifications

APP_ID: Final = "sandbox-app-id"
APP_KEY: Final = "canary-app-key-3f9c"
FINGERPRINT_KEY: Final = "canary-fingerprint-key-" + "5b" * 20
API_KEY: Final = "canary-client-api-key-8d"
# A busy machine is not what most faults are about: they wait longer than `bootstrap` lets them.
_PATIENT: Final = Config(connect_timeout=20, read_timeout=20)

Wrap = Callable[[str, Any], Any]


def as_it_is(_: str, port: Any) -> Any:  # noqa: ANN401 - any port
    """Puts nothing between a function and its ports."""
    return port


@dataclass(frozen=True)
class Answered:
    """An answer of the gateway, and what was true at the moment it came."""

    key: str
    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    seconds: float
    allowed: float
    written: int

    @property
    def replayed(self) -> bool:
        return "Idempotency-Replayed" in self.headers

    @property
    def says(self) -> str:
        """The status and the one word that tells most."""
        word = self.body.get("code") or self.body.get("decision") or self.body.get("status")
        return f"{self.status} {word}" + (" (replayed)" if self.replayed else "")

    @property
    def verification_id(self) -> str:
        return str(self.body["verification_id"])


@dataclass(frozen=True)
class Clients:
    """How the functions' boto3 clients are set: for `verify`'s table, for secrets, for others."""

    once: Config
    quick: Config
    secrets: Config

    @classmethod
    def of(cls, *, patient: bool) -> "Clients":
        return _OF_PATIENT[patient]


# It holds nothing but the TLS context, which takes long to make.
_TRANSPORT: Final = HttpTransport()
_REAL: Final = (bootstrap._ONCE, bootstrap._QUICK, bootstrap._SECRETS)  # noqa: SLF001 - what is under test
_OF_PATIENT: Final = {
    False: Clients(*_REAL),
    True: Clients(*(config.merge(_PATIENT) for config in _REAL)),
}


@dataclass
class Stage:
    """A gateway with tables, queues, secrets and an upstream of its own.

    Attributes:
        random: makes this run's choices, from `seed`.
        name: part of the name of everything it has, so that its faults are its own.
        clock: of the functions; a test may move it.
        counts: of every metric, over all environments of `verify`.
        secret_clock: by which the caches of secrets grow old.
        answers: every answer to a POST, in order.
        posted: the key and the selfie's SHA-256 of every POST, in order.
        environments: how many execution environments of `verify` were made.
        seeded: verifications a test has written itself.
        seconds_left: what Lambda gives each request.
    """

    cloud: Cloud
    outputs: Outputs
    seed: int
    patient: bool = True
    dialect: str = "v0.1"
    minimum_threshold: str = "0"
    seconds_left: float = 28.0
    answers: list[Answered] = field(default_factory=list)
    posted: list[tuple[str, str]] = field(default_factory=list)
    environments: int = 0
    seeded: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.name = uuid.uuid4().hex[:12]
        self.random = Random(self.seed)  # noqa: S311 - choices, not secrets
        self.clock, self.secret_clock = MovableClock(), MovableClock()
        self.sandbox = Sandbox(app_id=APP_ID, app_key=APP_KEY)
        self.upstream_url = self.sandbox.url
        self.counts: Counter[str] = Counter()
        self._configs = Clients.of(patient=self.patient)
        self._lock = threading.Lock()
        self.table, self.breaker_table, self.bus = (
            f"{kind}-{self.name}" for kind in ("verifications", "breaker", "bus")
        )
        # Of its own: Powertools' store adds a word to the user agent of the client it is given.
        self._breaker_client = self.cloud.client("dynamodb", self._configs.once)
        self._make()

    def client(self, service: str, config: Config | None = None) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
        """A client as the functions have it."""
        return self.cloud.shared_client(service, config or self._configs.quick)

    def _make(self) -> None:
        create_verifications(self.client("dynamodb"), self.table)
        create_breaker(self.client("dynamodb"), self.breaker_table)
        sqs = self.client("sqs")
        self.emergency_url, self.dead_letter_url = (
            sqs.create_queue(QueueName=f"{kind}-{self.name}")["QueueUrl"]
            for kind in ("emergency", "dead-letters")
        )
        self.client("events").create_event_bus(Name=self.bus)
        self.upstream_secret, self.fingerprint_secret = (
            f"{kind}-{self.name}" for kind in ("upstream", "fingerprint")
        )
        secrets = self.client("secretsmanager")
        secrets.create_secret(Name=self.upstream_secret)
        self.put_credentials(APP_ID, APP_KEY)
        secrets.create_secret(Name=self.fingerprint_secret, SecretString=FINGERPRINT_KEY)

    def environment(self) -> dict[str, str]:
        """What the functions are told of this stage, and how they reach it."""
        return ALL_FUNCTIONS | {
            "AWS_ENDPOINT_URL": self.cloud.url,
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_DEFAULT_REGION": REGION,
            "TABLE_NAME": self.table,
            "UPSTREAM_URL": self.upstream_url,
            "UPSTREAM_DIALECT": self.dialect,
            "UPSTREAM_SECRET_ARN": self.upstream_secret,
            "FINGERPRINT_SECRET_ARN": self.fingerprint_secret,
            "BREAKER_TABLE_NAME": self.breaker_table,
            "EMERGENCY_QUEUE_URL": self.emergency_url,
            "EVENT_BUS_NAME": self.bus,
            "DEAD_LETTER_QUEUE_URL": self.dead_letter_url,
            "ALLOWED_ORIGINS": "*",
            "DEFAULT_THRESHOLD": "0.6",
            "MINIMUM_THRESHOLD": self.minimum_threshold,
            "MINIMUM_SIDE": "0",
            "MAXIMUM_SIDE": "5000",
            "RETENTION_HOURS": "24",
            "MULTIPLE_FACES": "inconclusive",
        }

    def put_credentials(self, app_id: str, app_key: str) -> None:
        """What the operator does."""
        self.client("secretsmanager").put_secret_value(
            SecretId=self.upstream_secret,
            SecretString=json.dumps({"app_id": app_id, "app_key": app_key}),
        )

    def verify_function(self, wrap: Wrap | None = None) -> LambdaHandler:
        """A new execution environment of `verify`: nothing is cached in it yet."""
        self.environments += 1
        wrap, telemetry = wrap or as_it_is, self.new_telemetry()
        service = Verifier(
            ledger=wrap("ledger", self.ledger(self._configs.once)),
            upstream=wrap("upstream", self._upstream(wrap, telemetry)),
            fingerprints=wrap("fingerprints", HmacFingerprints(self._secret("fingerprint"))),
            emergency=wrap(
                "emergency",
                SqsEmergencyQueue(
                    SqsQueue(self.client("sqs", self._configs.once), self.emergency_url)
                ),
            ),
            clock=wrap("clock", self.clock),
            telemetry=wrap("telemetry", telemetry),
            policy=Policy(
                default_threshold=Decimal("0.6"),
                minimum_threshold=Decimal(self.minimum_threshold),
                retention=timedelta(hours=24),
                multiple_faces=MultipleFaces.INCONCLUSIVE,
            ),
        )
        routes = VerifyRoutes(service, SelfieLimits(0, 5000)).table()
        application_telemetry = wrap("application_telemetry", telemetry)
        return LambdaHandler(lambda: Application(routes, ("*",), application_telemetry))

    def _upstream(self, wrap: Wrap, telemetry: RecordedTelemetry) -> UpstreamClient:
        store = CountingBreakerStore(self.breaker_table, boto3_client=self._breaker_client)
        store.count_failures_in(telemetry)
        store.configure(breaker_config(), "upstream")
        window = SharedWindow(self._breaker_client, self.breaker_table, self.clock, telemetry)
        return UpstreamClient(
            transport=wrap("transport", _TRANSPORT),
            dialect=DIALECTS[self.dialect],
            base_url=self.upstream_url,
            credentials=wrap("credentials", UpstreamCredentials(self._secret("upstream"))),
            breaker=wrap("breaker", CircuitBreaker(store, self.clock, telemetry, window)),
            clock=wrap("clock", self.clock),
            telemetry=wrap("telemetry", telemetry),
        )

    def results_function(self) -> LambdaHandler:
        """A new execution environment of `results`."""
        routes = ResultsRoutes(RecordReader(self.ledger(), self.clock), "local").table()
        return LambdaHandler(lambda: Application(routes, ("*",), self.new_telemetry()))

    def new_telemetry(self) -> RecordedTelemetry:
        """A telemetry as each environment has one: requests in one process would mix in it."""
        return RecordedTelemetry(self.outputs, f"verify-{uuid.uuid4().hex}", self.counts)

    def ledger(self, config: Config | None = None) -> DynamoDBLedger:
        """The table, as a function sees it."""
        return DynamoDBLedger(self.client("dynamodb", config), self.table)

    def _secret(self, which: str) -> SecretsManager:
        client = self.client("secretsmanager", self._configs.secrets)
        return SecretsManager(client, f"{which}-{self.name}", self.secret_clock)

    def fail(self, operation: str, *faults: Fault | None) -> None:
        """Let the next calls of this operation fail so, whatever resource they name."""
        self.cloud.fail(operation, *faults, at=self.name)

    def fail_always(self, operation: str, fault: Fault) -> None:
        """Let every call of this operation fail so, until `mend`."""
        self.cloud.fail_always(operation, fault, at=self.name)

    def mend(self) -> None:
        """End every fault of AWS and of upstream."""
        self.cloud.mend(self.name)
        self.sandbox.set_default("live")
        self.sandbox.queue.clear()

    def form(self) -> Body:
        """A selfie nobody has posted to this stage, in some client's handwriting."""
        return form(
            self.random.choice(sorted(CLIENTS)),
            new_selfie(self.random),
            # Of three characters, as one of these clients needs it.
            threshold=self.random.choice(("0.5", "0.6", "0.7")),
            file_name=FILE_NAME,
        )

    def post(
        self,
        body: Body | None = None,
        key: str | None = None,
        function: LambdaHandler | None = None,
    ) -> Answered:
        """Post a selfie to a function (a new one by default) and keep its answer."""
        key = key or uuid.uuid4().hex
        event = self.event(body or self.form(), key)
        return self._ask(function or self.verify_function(), event, key)

    def post_apart(self) -> Answered:
        """Post when the breaker has forgotten what was before."""
        self.clock.moved += WINDOW_SECONDS + 1
        return self.post()

    def event(self, body: Body, key: str) -> dict[str, Any]:
        """The event of a POST, which is noted."""
        with self._lock:
            self.posted.append((key, selfie_digest(body)))
        return proxy_event(body, key)

    def read(self, verification_id: str) -> Answered:
        """Ask for a record; the answer is not kept among `answers`."""
        event = {
            "httpMethod": "GET",
            "resource": "/v1/verifications/{verification_id}",
            "pathParameters": {"verification_id": verification_id},
            "headers": {},
            "requestContext": _context(),
        }
        return self._ask(self.results_function(), event, "", keep=False)

    def _ask(
        self, function: LambdaHandler, event: dict[str, Any], key: str, *, keep: bool = True
    ) -> Answered:
        started = time.monotonic()
        answer = function(event, Countdown(self.seconds_left, uuid.uuid4().hex))
        return self.answered(answer, key, time.monotonic() - started, keep=keep)

    def answered(
        self, answer: Mapping[str, Any], key: str, seconds: float, *, keep: bool = True
    ) -> Answered:
        """LogLine an answer of a function, with what was stored when it came."""
        self.outputs.write(json.dumps(answer) + "\n")
        answered = Answered(
            key=key,
            status=answer["statusCode"],
            body=json.loads(answer["body"]),
            headers=answer["headers"],
            seconds=seconds,
            allowed=self.seconds_left,
            written=len(stream_of(self.table)),
        )
        if keep:
            with self._lock:
                self.answers.append(answered)
        return answered

    def __enter__(self) -> Self:
        self.sandbox.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.sandbox.stop()


def selfie_digest(body: Body) -> str:
    """The SHA-256 of the selfie in a form of ours: it begins and ends as a JPEG does."""
    start, end = body.content.index(b"\xff\xd8\xff"), body.content.rindex(b"\xff\xd9") + 2
    return hashlib.sha256(body.content[start:end]).hexdigest()


def proxy_event(body: Body, key: str, resource: str = "/v1/verifications") -> dict[str, Any]:
    """The event API Gateway makes of a POST."""
    return {
        "httpMethod": "POST",
        "resource": resource,
        "headers": {
            "Content-Type": body.content_type,
            "Idempotency-Key": key,
            "x-api-key": API_KEY,
        },
        "requestContext": _context(),
        "body": base64.b64encode(body.content).decode(),
        "isBase64Encoded": True,
    }


def _context() -> dict[str, Any]:
    return {"requestId": uuid.uuid4().hex, "identity": {"apiKeyId": "client-1"}}
