"""The CDK stack: what `cdk deploy` creates, on AWS and in the local emulator."""

import os
import sys
from pathlib import Path

# The CDK's Python packages run on Node. The pinned Node is installed beside the interpreter, so
# a machine with no Node, or with an old one, works too. The variable must be set before the first
# import of aws_cdk. Importing this package first guarantees that.
_PINNED_NODE = Path(sys.prefix) / "bin" / "node"
if _PINNED_NODE.is_file():
    os.environ.setdefault("JSII_NODE", str(_PINNED_NODE))
