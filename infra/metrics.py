"""How the functions' own metrics are addressed in CloudWatch.

`functions/` writes them and imports nothing from here: a contract test compares the two.
"""

from typing import Final

METRICS_NAMESPACE: Final = "liveness-gateway"
# `service` is the function's name, `stage` the stage's.
METRIC_DIMENSIONS: Final = ("service", "stage")
# The time of each call of the liveness API: so many samples, so many calls.
UPSTREAM_TIME: Final = ("verify", "upstream_time")
