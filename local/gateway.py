"""The whole gateway, running on this machine while a `with` block runs."""

import dataclasses
import secrets
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liveness_gateway.entrypoints.http.multipart import MAXIMUM_BODY
from local.emulator.ministack import Emulator, start_emulator
from local.front.front import Front
from local.front.functions import MOST_AT_ONCE, Functions
from local.front.template import RestApi
from local.processes.children import ChildProcesses
from local.run_directory import CHECKOUT, LOCAL, RunDirectory, run_directory
from local.server.listener import listen
from local.server.page_backend import PageBackend
from local.server.server import Server
from local.stack.cdk import STAGE, CdkCli
from local.stack.consumer import Consumer
from local.stack.deployment import Deployment, close_circuit, fill_secret, plan_keys
from local.stack.function_logs import FunctionLogs
from local.stack.records import stored_record
from local.steps import Steps, steps_on
from local.upstream import SANDBOX, Upstream
from sandbox import SHOWN_OUTCOMES, Sandbox


@dataclass(frozen=True)
class Gateway:
    """A running gateway: what a client needs, and what a test reads behind it."""

    url: str
    deployment: Deployment
    emulator: Emulator
    consumer: Consumer
    sandbox: Sandbox | None
    logs: Path

    @property
    def api_key(self) -> str:
        """The API key of the stage's first client."""
        return self.deployment.api_key

    @property
    def environment(self) -> dict[str, str]:
        """What a script needs."""
        functions = {
            f"{name.upper()}_FUNCTION_NAME": function
            for name, function in sorted(self.deployment.functions.items())
        }
        sandbox = {"SANDBOX_URL": self.sandbox.url} if self.sandbox else {}
        return {
            "GATEWAY_URL": self.url,
            "GATEWAY_API_KEY": self.api_key,
            **self.emulator.environment,
            "TABLE_NAME": self.deployment.table_name,
            "EVENT_BUS_NAME": self.deployment.event_bus_name,
            "EVENTS_QUEUE_URL": self.consumer.scripts_queue,
            "SECRET_ARN": self.deployment.secret_arn,
            **sandbox,
            **functions,
        }

    def record(self, verification_id: str) -> dict[str, Any] | None:
        """The stored item, or None."""
        return stored_record(self.emulator, self.deployment.table_name, verification_id)

    def events(self, verification_id: str | None = None) -> list[dict[str, Any]]:
        """What the demo consumer has received, oldest first."""
        return self.consumer.events(verification_id)

    def close_circuit(self) -> None:
        """Delete the circuit breaker's state; the functions read it again within two seconds."""
        close_circuit(self.emulator, self.deployment)

    def await_event(self, verification_id: str, seconds: float = 60) -> dict[str, Any] | None:
        """The first event of that verification as soon as it arrives; None after `seconds`."""
        return next(iter(self.await_events(verification_id, 1, seconds)), None)

    def await_events(
        self, verification_id: str, count: int, seconds: float = 60
    ) -> list[dict[str, Any]]:
        """The events of that verification once there are `count`, or those of after `seconds`."""
        return self.consumer.wait_for(verification_id, count, seconds)


@contextmanager
def running_gateway(
    *,
    port: int = 0,
    quiet: bool = False,
    upstream: Upstream = SANDBOX,
    directory: Path = LOCAL,
    at_once: int = MOST_AT_ONCE,
) -> Iterator[Gateway]:
    """Start everything, and end all of it when the block ends.

    Args:
        port: the port of the server; 0 takes any free one (and removes the logs of a run
            without errors).
        quiet: show no steps on standard error.
        upstream: the liveness API to call; without an address the sandbox, which is started.
        directory: where the directory of this run is created; two runs never share one.
        at_once: so many invocations of functions; the other requests wait.

    Raises:
        PortUnavailableError: before anything was started.
        LocalError: a step failed; its message has the end of that step's log.
    """
    with ExitStack() as stack:
        with steps_on(sys.stderr, quiet=quiet) as steps:
            gateway = _start_all(stack, steps, upstream, _Wanted(port, directory, at_once))
        yield gateway


@dataclass(frozen=True)
class _Wanted:
    """See `running_gateway`."""

    port: int
    directory: Path
    at_once: int


def _start_all(stack: ExitStack, steps: Steps, upstream: Upstream, wanted: _Wanted) -> Gateway:
    listener = stack.enter_context(listen(wanted.port))
    name = str(listener.getsockname()[1])
    run = stack.enter_context(run_directory(wanted.directory, name, retain_logs=wanted.port != 0))
    # Entered before the processes: its thread ends when the process it waits for is ended.
    pool = stack.enter_context(ThreadPoolExecutor(1))
    processes = stack.enter_context(ChildProcesses(run.path))
    sandbox = None
    if not upstream.url:
        with steps.step("Sandbox upstream"):
            sandbox = stack.enter_context(Sandbox(app_key=f"sandbox-{secrets.token_hex(8)}"))
        own = {"url": sandbox.url, **dataclasses.asdict(sandbox.credentials)}
        upstream = dataclasses.replace(upstream, **own)
    cli = CdkCli(processes, CHECKOUT, run.work)
    # At the same time: building the functions takes longer than starting the emulator.
    synth = pool.submit(_synth, cli, steps, upstream)
    emulator = _start_emulator(cli, steps, run)
    synth.result()
    with steps.step("Deploy the stack") as advance:
        deployment = Deployment.of(emulator, cli.deploy(emulator, advance))
    if upstream.has_credentials:
        with steps.step("Fill the secret"):
            fill_secret(emulator, deployment.secret_arn, upstream.app_id, upstream.app_key)
    stack.enter_context(FunctionLogs(emulator, run.path / "functions.log"))
    with steps.step("Demo consumer on the event bus"):
        consumer = stack.enter_context(Consumer(emulator, deployment.event_bus_name))
    with steps.step("Server"):
        functions = stack.enter_context(Functions(emulator.invoker(wanted.at_once), wanted.at_once))
        api = RestApi.of(cli.template())
        front = Front(api, functions, lambda: plan_keys(emulator, deployment))
        backend = _page_backend(emulator, deployment, consumer, sandbox)
        server = stack.enter_context(Server(listener, front, backend))
    return Gateway(server.url, deployment, emulator, consumer, sandbox, run.path)


def _synth(cli: CdkCli, steps: Steps, upstream: Upstream) -> None:
    with steps.step("Build the functions and the template (cdk synth)"):
        cli.synth(upstream)


def _start_emulator(cli: CdkCli, steps: Steps, run: RunDirectory) -> Emulator:
    with steps.step("Emulator"):
        emulator = start_emulator(cli.processes, CHECKOUT, run.work / "emulator")
    with steps.step("Prepare the account (cdk bootstrap)"):
        cli.bootstrap(emulator)
    return emulator


def _page_backend(
    emulator: Emulator, deployment: Deployment, consumer: Consumer, sandbox: Sandbox | None
) -> PageBackend:
    config = {
        "api_key": deployment.api_key,
        "sandbox": sandbox is not None,
        "stage": STAGE,
        "outcomes": list(SHOWN_OUTCOMES) if sandbox else [],
        "default_threshold": float(deployment.settings["DEFAULT_THRESHOLD"]),
        "minimum_threshold": float(deployment.settings["MINIMUM_THRESHOLD"]),
        "longest_body": MAXIMUM_BODY,
    }
    return PageBackend(
        config=config,
        events=consumer.events,
        record=lambda id_: stored_record(emulator, deployment.table_name, id_),
        sandbox_url=sandbox.url if sandbox else None,
        close_circuit=lambda: close_circuit(emulator, deployment),
    )
