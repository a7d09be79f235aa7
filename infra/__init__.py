"""The stack: what `cdk deploy` builds, on AWS and on a laptop."""

import os
import sys
from pathlib import Path

# The CDK's Python packages run on Node. The one this project pins lies beside the interpreter,
# so that a machine without Node of its own, or with an old one, works too. It must be named
# before the first import of aws_cdk, and importing this package always comes before that.
_PINNED_NODE = Path(sys.prefix) / "bin" / "node"
if _PINNED_NODE.is_file():
    os.environ.setdefault("JSII_NODE", str(_PINNED_NODE))
