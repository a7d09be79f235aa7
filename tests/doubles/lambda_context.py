"""Lambda's context, in the time of a clock."""

from liveness_gateway.clock import Clock


class LambdaContextDouble:
    """What an invocation is told: its id, and how long it may still run by this clock."""

    def __init__(
        self, clock: Clock, seconds: float = 28.0, aws_request_id: str = "function-request-1"
    ) -> None:
        self.aws_request_id = aws_request_id
        self._clock = clock
        self._ends = clock.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends - self._clock.monotonic()) * 1000)
