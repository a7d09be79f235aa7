"""Events: documents and demo consumer name the source and detail-types that are announced."""

import re

from liveness_gateway.verifications.events import DETAIL_TYPES, SOURCE, EventMetadata
from liveness_gateway.verifications.records import BIOMETRIC
from local.stack.consumer import SOURCE as SUBSCRIBED
from tests.contracts.sources import read

DOCUMENT = read("docs/consume.md")


def test_everybody_names_the_same_source_and_detail_types() -> None:
    assert SUBSCRIBED == SOURCE
    assert set(re.findall(r"source `([^`]+)`", DOCUMENT)) == {SOURCE}
    assert set(re.findall(r'source=\["([^"]+)"\]', DOCUMENT)) == {SOURCE}
    named = set(re.findall(r"LivenessVerification[A-Z]\w+", DOCUMENT))
    assert named == set(DETAIL_TYPES.values())


def test_the_event_that_the_document_shows_has_the_metadata_of_the_contract() -> None:
    example = DOCUMENT.partition('"metadata": {')[2].partition("}")[0]
    assert set(re.findall(r'"(\w+)":', example)) == EventMetadata.__required_keys__
    assert not [name for name in BIOMETRIC if f'"{name}":' in DOCUMENT]
