"""Invokes the functions, and says what became of it."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Self

from botocore.exceptions import BotoCoreError, ClientError

# The emulator starts a process for each request that finds no idle one. Requests above this
# number wait here, which is faster than dozens of cold starts on a few cores.
MOST_AT_ONCE: Final = 8


class NoAnswerError(Exception):
    """The function gave no answer: Lambda refused to run it, or it ended without one."""


class EventTooLargeError(Exception):
    """Lambda takes no event of this size."""


class Functions:
    """The Lambda functions behind the API. A context manager.

    Args:
        client: a client of Lambda's API.
        at_once: so many invocations; the others wait.
    """

    def __init__(self, client: Any, at_once: int = MOST_AT_ONCE) -> None:  # noqa: ANN401 - boto3's clients are made at run time
        self._client = client
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="invocation")

    async def invoke(self, name: str, event: bytes, seconds: float) -> Any:  # noqa: ANN401 - what the function returned
        """What the function returned.

        Raises:
            NoAnswerError: it was not run, crashed, or ran out of time or memory.
            EventTooLargeError: the event is above Lambda's limit.
            TimeoutError: it did not end within `seconds` after it was begun.
        """
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()

        def run() -> Any:  # noqa: ANN401 - what the function returned
            loop.call_soon_threadsafe(begun.set)
            return self._invoked(name, event)

        running = loop.run_in_executor(self._pool, run)
        await begun.wait()
        # The function goes on, as it does on AWS.
        return await asyncio.wait_for(asyncio.shield(running), seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # What still runs ends with the emulator.
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _invoked(self, name: str, event: bytes) -> Any:  # noqa: ANN401 - what the function returned
        try:
            answer = self._client.invoke(FunctionName=name, Payload=event)
            content = answer["Payload"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "RequestTooLargeException":
                raise EventTooLargeError from None
            raise NoAnswerError from error
        except BotoCoreError as error:
            raise NoAnswerError from error
        if answer.get("FunctionError"):
            raise NoAnswerError
        return json.loads(content)
