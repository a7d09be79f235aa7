"""The whole gateway, running on this machine for as long as a `with` block lasts."""

from __future__ import annotations

import secrets
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.emulator.ministack import Emulator, start_emulator
from local.env_file import env_file
from local.processes.children import Processes
from local.run_directory import CHECKOUT, LOCAL, RunDirectory, run_directory
from local.server.server import Backstage, Front, listen
from local.stack.cdk import STAGE, CdkCli
from local.stack.consumer import Consumer
from local.stack.deployment import Deployment, close_circuit, fill_secret
from local.stack.function_logs import FunctionLogs
from local.stack.records import stored_record
from local.steps import Steps, steps_on
from local.upstream import Upstream
from sandbox import SHOWN_OUTCOMES, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Gateway:
    """A running gateway: what a client needs, and what a test wants to see behind it."""

    url: str
    deployment: Deployment
    emulator: Emulator
    consumer: Consumer
    sandbox: Sandbox | None
    logs: Path

    @property
    def api_key(self) -> str:
        """The credential of the stage's first client."""
        return self.deployment.api_key

    @property
    def environment(self) -> dict[str, str]:
        """What a script needs, as `.local/gateway.env` has it."""
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
        """What the demo consumer received so far, oldest first."""
        return self.consumer.events(verification_id)

    def close_circuit(self) -> None:
        """Forget that the upstream was in trouble; the functions notice within two seconds."""
        close_circuit(self.emulator, self.deployment)

    def await_event(self, verification_id: str, seconds: float = 20) -> dict[str, Any] | None:
        """The first event of that verification as soon as it arrives; None after the time."""
        deadline = time.monotonic() + seconds
        while not (found := self.events(verification_id)):
            if time.monotonic() > deadline:
                return None
            time.sleep(0.05)
        return found[0]


@contextmanager
def running_gateway(
    *,
    port: int = 0,
    quiet: bool = False,
    upstream: Upstream | None = None,
    directory: Path = LOCAL,
    write_env_file: bool = False,
) -> Iterator[Gateway]:
    """Start everything, in the order of need, and end all of it when the block ends.

    Args:
        port: Of the one address; 0 takes any free one (and keeps no logs of a run that went well).
        quiet: Show no steps on standard error.
        upstream: The liveness API to ask; None starts the sandbox.
        directory: Where the run's own directory is made; two runs never share one.
        write_env_file: Keep `gateway.env` in `directory` while it runs.

    Raises:
        PortUnavailableError: Before anything was started.
        LocalError: A step failed; its message has the end of that step's log.
    """
    with ExitStack() as stack:
        with steps_on(sys.stderr, quiet=quiet) as steps:
            gateway = _bring_up(stack, steps, port, upstream, directory)
        if write_env_file:
            stack.enter_context(env_file(directory / "gateway.env", gateway.environment))
        yield gateway


def _bring_up(
    stack: ExitStack, steps: Steps, port: int, upstream: Upstream | None, directory: Path
) -> Gateway:
    listener = stack.enter_context(listen(port))
    name = str(listener.getsockname()[1])
    run = stack.enter_context(run_directory(directory, name, keep_logs=port != 0))
    # Entered before the processes: its threads end when what they wait for was ended.
    pool = stack.enter_context(ThreadPoolExecutor(1))
    processes = stack.enter_context(Processes(run.path))
    sandbox = None
    if upstream is None:
        with steps.step("Sandbox upstream"):
            sandbox = stack.enter_context(Sandbox(app_key=f"sandbox-{secrets.token_hex(8)}"))
        upstream = Upstream(sandbox.url, sandbox.credentials.app_id, sandbox.credentials.app_key)
    cli = CdkCli(processes, CHECKOUT, run.work)
    # Two cores' worth: building the functions takes longer than readying the emulator.
    synth = pool.submit(_synth, cli, steps, upstream.url)
    emulator = _ready_emulator(cli, steps, run)
    synth.result()
    with steps.step("Deploy the stack") as advance:
        deployment = Deployment.of(emulator, cli.deploy(emulator, advance))
    if upstream.has_credentials:
        with steps.step("Fill the secret"):
            fill_secret(emulator, deployment.secret_arn, upstream.app_id, upstream.app_key)
    stack.enter_context(FunctionLogs(emulator, run.path / "functions.log"))
    with steps.step("Demo consumer on the event bus"):
        consumer = stack.enter_context(Consumer(emulator, deployment.event_bus_name))
    with steps.step("Front address"):
        backstage = _backstage(emulator, deployment, consumer, sandbox)
        front = stack.enter_context(Front(listener, deployment.api_url, backstage))
    return Gateway(front.url, deployment, emulator, consumer, sandbox, run.path)


def _synth(cli: CdkCli, steps: Steps, upstream_url: str) -> None:
    with steps.step("Build the functions and the template (cdk synth)"):
        cli.synth(upstream_url)


def _ready_emulator(cli: CdkCli, steps: Steps, run: RunDirectory) -> Emulator:
    with steps.step("Emulator"):
        emulator = start_emulator(cli.processes, CHECKOUT, run.work / "emulator")
    with steps.step("Ready the account (cdk bootstrap)"):
        cli.bootstrap(emulator)
    return emulator


def _backstage(
    emulator: Emulator, deployment: Deployment, consumer: Consumer, sandbox: Sandbox | None
) -> Backstage:
    config = {
        "api_key": deployment.api_key,
        "sandbox": sandbox is not None,
        "stage": STAGE,
        "outcomes": list(SHOWN_OUTCOMES) if sandbox else [],
        "default_threshold": float(deployment.settings["DEFAULT_THRESHOLD"]),
        "minimum_threshold": float(deployment.settings["MINIMUM_THRESHOLD"]),
    }
    return Backstage(
        config=config,
        events=consumer.events,
        record=lambda id_: stored_record(emulator, deployment.table_name, id_),
        sandbox_url=sandbox.url if sandbox else None,
        close_circuit=lambda: close_circuit(emulator, deployment),
    )
