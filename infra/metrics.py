"""How the functions' own metrics are addressed in CloudWatch.

`functions/` writes them and imports nothing from here: a contract test compares the two.
"""

from typing import Final

METRICS_NAMESPACE: Final = "liveness-gateway"
# `service` is the function's name, `stage` the stage's.
METRIC_DIMENSIONS: Final = ("service", "stage")
