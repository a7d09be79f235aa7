"""Who is compared, and what each finds in its process."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import botocore

from infra.bundling import trust
from infra.bundling.bundler import Bundler
from infra.stages.context import resolve_stage

ROOT: Final = Path(__file__).parents[1]
PYTHON: Final = ROOT / ".venv-bench" / "bin" / "python"
BARE: Final = ROOT / ".venv" / "bin" / "python"
_PEERS: Final = ROOT / "bench" / "peers"
OURS: Final = "verify"
EXPERT: Final = "expert"
BASELINE: Final = "baseline"
PEERS: Final = {
    "fastapi_mangum": "FastAPI + Mangum",
    "flask_wsgi": "Flask + apig-wsgi",
    "chalice_app": "Chalice",
    "powertools": "typical Powertools",
}
OTHER_FUNCTIONS: Final = ("results", "publish_events", "sweep", "recover")
NAMES: Final = {OURS: "ours", EXPERT: "expert Powertools", **PEERS}


@dataclass(frozen=True, slots=True)
class Contender:
    """A handler in a process of its own.

    Attributes:
        module: what is imported.
        command: the interpreter; ours sees the standard library and its bundle only.
        variables: its whole environment.
    """

    module: str
    command: tuple[str, ...]
    variables: Mapping[str, str]

    def initialised(self) -> "Contender":
        """The contender as Lambda starts it: ours is built while it is imported."""
        ahead = {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}
        return Contender(self.module, self.command, {**self.variables, **ahead})


@contextmanager
def contenders(tls: int, plain: int, certificate: Path) -> Iterator["Contenders"]:
    """Make every contender for a double at these two ports."""
    _compile_peers()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = folder / "authorities.pem"
        # As long as the list that boto3 and requests load by default.
        own = Path(str(botocore.__file__)).with_name("cacert.pem").read_text()
        whole.write_text(own + certificate.read_text())
        yield Contenders(tls, plain, certificate, whole, folder)


def _compile_peers() -> None:
    """Give the peers the bytecode that our bundles have; `uv pip install` writes none."""
    libraries = PYTHON.parents[1] / "lib"
    subprocess.run(  # noqa: S603 - the peers' own interpreter
        [PYTHON, "-m", "compileall", "-q", libraries, _PEERS], check=True
    )


class Contenders:
    """Makes contenders; ours are the bundles that are deployed, for this machine."""

    def __init__(
        self, tls: int, plain: int, certificate: Path, authorities: Path, folder: Path
    ) -> None:
        self._addresses = {True: f"https://localhost:{tls}", False: f"http://127.0.0.1:{plain}"}
        self._certificate = certificate
        self._authorities = authorities
        self._folder = folder
        self._bundler = Bundler(resolve_stage({}))
        self._bundles: dict[str, Path] = {}

    def peer(self, module: str, *, tls: bool) -> Contender:
        """A framework's handler, or the baseline."""
        variables = {
            "PYTHONPATH": str(_PEERS),
            "AWS_CA_BUNDLE": str(self._authorities),
            "REQUESTS_CA_BUNDLE": str(self._authorities),
        }
        return Contender(module, (str(PYTHON),), self._common(tls=tls) | variables)

    def ours(self, function: str, *, tls: bool) -> Contender:
        """One of our functions."""
        bundle = self._bundle(function)
        variables = {"PYTHONPATH": str(bundle), **_SETTINGS}
        if tls:
            variables["AWS_CA_BUNDLE"] = str(bundle / "trust" / "aws.pem")
        return Contender(
            f"{function}.handler", (str(BARE), "-S"), self._common(tls=tls) | variables
        )

    def all(self, *, tls: bool) -> dict[str, Contender]:
        """Ours, the expert's and the peers', by name."""
        return {OURS: self.ours(OURS, tls=tls)} | {
            name: self.peer(name, tls=tls) for name in (EXPERT, *PEERS)
        }

    def _bundle(self, function: str) -> Path:
        """A copy of the bundle that also trusts the double."""
        if function not in self._bundles:
            copy = self._folder / function
            shutil.copytree(self._bundler.folder(function), copy)
            with (copy / "trust" / "aws.pem").open("a") as roots:
                roots.write(self._certificate.read_text())
            if function == OURS:
                added = self._folder / "added"
                trust.write_directory(self._certificate.read_text(), added)
                shutil.copytree(added, copy / "trust" / "upstream", dirs_exist_ok=True)
            self._bundles[function] = copy
        return self._bundles[function]

    def _common(self, *, tls: bool) -> dict[str, str]:
        address = self._addresses[tls]
        return {
            "PATH": os.defpath,
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": address,
            "AWS_EC2_METADATA_DISABLED": "true",
            "UPSTREAM_URL": address,
            "UPSTREAM_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:u",
            "TABLE_NAME": "verifications",
            "POWERTOOLS_SERVICE_NAME": "verify",
            "POWERTOOLS_METRICS_NAMESPACE": "liveness-gateway",
        }


# As a stage in the cloud sets them.
_SETTINGS: Final = {
    "STAGE": "prod",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "BREAKER_TABLE_NAME": "breaker",
    "BUDGET_TABLE_NAME": "budgets",
    "EMERGENCY_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/emergency",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/letters",
    "EVENT_BUS_NAME": "bus",
    "FINGERPRINT_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:fingerprint",
    "UPSTREAM_DIALECT": "v0.2",
    "ALLOWED_ORIGINS": "https://app.example.com",
    "DEFAULT_THRESHOLD": "0.6",
    "MINIMUM_THRESHOLD": "0.5",
    "MINIMUM_SIDE": "0",
    "MAXIMUM_SIDE": "5000",
    "RETENTION_HOURS": "720",
    "MULTIPLE_FACES": "inconclusive",
    "FORWARD_METADATA": "false",
    "CLIENT_CALLS_PER_DAY": "0",
    "CLIENT_CALLS_PER_MONTH": "0",
}
