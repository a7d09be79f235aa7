"""Loads the gateway on this machine, step by step, until it refuses: `make load`.

Arrivals are open-loop: a request is sent when its time has come, however many still wait. The
function may run `ENVIRONMENTS` times at once, as `verify_concurrency` limits it in the cloud, so
what is more than it can take is refused and not queued. The figures and the chart go into
`docs/reliability.md`.
"""

import asyncio
import io
import json
import sys
import time
import uuid
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

import httpx
from PIL import Image
from requests_toolbelt import MultipartEncoder

from local.gateway import Gateway, running_gateway
from sandbox import Sandbox
from sandbox.selfies import draw
from tests.reliability.load.page import Response, Step, write_page

ENVIRONMENTS: Final = 16
UPSTREAM_SECONDS: Final = 3.0
_SHARES: Final = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
_STEP_SECONDS: Final = 40.0
_WAITING: Final = 256
# Longer than the gateway ever takes.
_TIMEOUT: Final = 60.0
_LOGS_LAG: Final = 4.0


class Load:
    """A client that sends one selfie as often as it is told."""

    def __init__(self, gateway: Gateway, sandbox: Sandbox) -> None:
        self._url = f"{gateway.url}/v1/verifications"
        self._logs = gateway.logs / "functions.log"
        self._sandbox = sandbox
        self._random = Random(1)  # noqa: S311 - arrival times, not secrets
        form = MultipartEncoder({"selfie": ("selfie.jpg", selfie(), "image/jpeg")})
        self._body: bytes = form.to_string()
        self._headers = {"Content-Type": form.content_type, "x-api-key": gateway.api_key}

    async def warm_up(self) -> float:
        """Start every environment; how long a warm one takes for a request."""
        async with _client() as client:
            for _ in range(2):
                await asyncio.gather(*(self._post(client) for _ in range(ENVIRONMENTS)))
            warm = [await self._post(client) for _ in range(3)]
        return min(answer.seconds for answer in warm)

    async def step(self, share: float, rate: float) -> Step:
        """Offer one rate, and wait for every answer."""
        self._sandbox.forget()
        self._sandbox.set_default("live", delay=UPSTREAM_SECONDS)
        began = datetime.now(UTC)
        async with _client() as client:
            waiting, seconds = await self._arrivals(client, rate)
            answers = await asyncio.gather(*waiting)
        calls = len(self._sandbox.requests)
        await asyncio.sleep(_LOGS_LAG)
        return Step(share, seconds, answers, _own_seconds(self._logs, began), calls)

    async def _arrivals(
        self, client: httpx.AsyncClient, rate: float
    ) -> tuple[list[asyncio.Task[Response]], float]:
        started, due, waiting = time.monotonic(), 0.0, list[asyncio.Task[Response]]()
        while due < _STEP_SECONDS:
            await asyncio.sleep(max(0.0, started + due - time.monotonic()))
            waiting.append(asyncio.create_task(self._post(client)))
            due += self._random.expovariate(rate)
        return waiting, time.monotonic() - started

    async def _post(self, client: httpx.AsyncClient) -> Response:
        started = time.monotonic()
        headers = {**self._headers, "Idempotency-Key": uuid.uuid4().hex}
        status = 0
        try:
            response = await client.post(self._url, content=self._body, headers=headers)
            status, said = response.status_code, response.json()
            code = said.get("code") or said.get("status") or "no problem body"
        except (httpx.HTTPError, ValueError) as error:
            code = type(error).__name__
        return Response(status, code, time.monotonic() - started)


def selfie() -> bytes:
    """A drawn face under noise: about 1 MB of JPEG that no compression makes smaller."""
    size = (1600, 1200)
    noise = Image.effect_noise(size, 60).convert("RGB")
    content = io.BytesIO()
    Image.blend(draw(1, *size, seed=7), noise, 0.3).save(content, "JPEG", quality=93)
    return content.getvalue()


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(
        timeout=_TIMEOUT, trust_env=False, limits=httpx.Limits(max_connections=None)
    )


def _own_seconds(logs: Path, began: datetime) -> list[float]:
    """What the functions say of the completed requests since `began`."""
    lines = (line for line in logs.read_text().splitlines() if '"message":"answered"' in line)
    entries = [json.loads(line) for line in lines]
    return [
        entry["duration_ms"] / 1000 - UPSTREAM_SECONDS
        for entry in entries
        if entry["status"] == 201 and datetime.fromisoformat(entry["timestamp"]) >= began
    ]


async def measure(gateway: Gateway, sandbox: Sandbox) -> list[Step]:
    """All steps, each when the one before has ended; prints what each showed."""
    load, steps = Load(gateway, sandbox), list[Step]()
    sandbox.set_default("live", delay=UPSTREAM_SECONDS)
    full = ENVIRONMENTS / await load.warm_up()
    for share in _SHARES:
        step = await load.step(share, share * full)
        codes = Counter(f"{answer.status} {answer.code}" for answer in step.answers)
        print(f"{step.rate:5.1f}/s ({share:.2f}): {dict(codes.most_common())}", flush=True)
        steps.append(step)
    return steps


def main() -> int:
    """0 when every step was measured."""
    # No burst waits here: what is more than the function may take shall be refused.
    with running_gateway(at_once=_WAITING) as gateway:
        if gateway.sandbox is None:
            raise RuntimeError("the sandbox is needed")
        gateway.emulator.client("lambda").put_function_concurrency(
            FunctionName=gateway.deployment.functions["verify"],
            ReservedConcurrentExecutions=ENVIRONMENTS,
        )
        steps = asyncio.run(measure(gateway, gateway.sandbox))
    write_page(steps, ENVIRONMENTS, UPSTREAM_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
