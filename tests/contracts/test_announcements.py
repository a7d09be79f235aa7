"""Events: documents and demo consumer name the source and detail-types that are announced."""

import re

from liveness_gateway.verifications.events import DETAIL_TYPES, SOURCE, EventMetadata
from liveness_gateway.verifications.records import BIOMETRIC
from local.stack.consumer import SOURCE as SUBSCRIBED
from tests.contracts.agreement import agree, read


def test_everybody_names_the_same_source() -> None:
    agree(
        "source of the events",
        {
            "functions/liveness_gateway/verifications/events.py": {SOURCE},
            "local/stack/consumer.py": {SUBSCRIBED},
            "docs/consume.md": {
                *re.findall(r"source `([^`]+)`", read("docs/consume.md")),
                *re.findall(r'source=\["([^"]+)"\]', read("docs/consume.md")),
            },
        },
    )


def test_the_document_names_every_detail_type() -> None:
    text = read("docs/consume.md")
    agree(
        "detail-types",
        {
            "functions/liveness_gateway/verifications/events.py": set(DETAIL_TYPES.values()),
            "docs/consume.md": set(re.findall(r"LivenessVerification[A-Z]\w+", text)),
        },
    )


def test_the_event_that_the_document_shows_has_the_metadata_of_the_contract() -> None:
    example = read("docs/consume.md").partition('"metadata": {')[2].partition("}")[0]
    agree(
        "metadata of an event",
        {
            "functions/liveness_gateway/verifications/events.py": (EventMetadata.__required_keys__),
            "docs/consume.md": set(re.findall(r'"(\w+)":', example)),
        },
    )
    assert not [name for name in BIOMETRIC if f'"{name}":' in read("docs/consume.md")]
