"""One server for all cases of a module: each sets the bytes that it answers with."""

from collections.abc import Iterator

import pytest

from tests.adapters.outgoing import Scripted


@pytest.fixture(scope="module")
def scripted() -> Iterator[Scripted]:
    script = Scripted()
    with script.server:
        yield script
