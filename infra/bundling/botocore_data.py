"""botocore's data, cut to the calls that the functions make.

botocore reads a description of every endpoint of AWS, and of every operation of a service, before
the first call: two fifths of what importing and building a function took. What is kept is as AWS
publishes it; a call that is not listed below does not exist on a client of a function.
"""

import gzip
import json
import shutil
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

Operations = Mapping[str, frozenset[str]]

# Every call of AWS in the functions and in the libraries they use. A test compares it with both.
OPERATIONS: Final[Operations] = {
    "dynamodb": frozenset({"GetItem", "PutItem", "Query", "UpdateItem"}),
    "events": frozenset({"PutEvents"}),
    "secretsmanager": frozenset({"GetSecretValue"}),
    "sqs": frozenset({"SendMessage"}),
}
_MODEL: Final = "service-2"
_PAGINATORS: Final = "paginators-1"
# Additions to the model, and where the service is: kept as they are.
_WHOLE: Final = ("service-2.sdk-extras", "endpoint-rule-set-1")

Document = dict[str, Any]


def trim(data: Path, operations: Operations = OPERATIONS) -> None:
    """Cut the `data` folder of a botocore in place.

    Raises:
        FileNotFoundError, KeyError: it lacks a service or one of the operations.
    """
    for folder in [path for path in data.iterdir() if path.is_dir()]:
        if folder.name not in operations:
            shutil.rmtree(folder)
    for service, names in operations.items():
        _trim_service(data / service, names)
    endpoints = data / "endpoints.json"
    _write(endpoints, _endpoints(json.loads(endpoints.read_bytes()), operations))


def _trim_service(folder: Path, operations: frozenset[str]) -> None:
    # botocore takes the newest version of an API.
    *old, newest = sorted(path for path in folder.iterdir() if path.is_dir())
    for version in old:
        shutil.rmtree(version)
    documents = {name: _read(newest, name) for name in (_MODEL, _PAGINATORS, *_WHOLE)}
    model, paginators = documents[_MODEL], documents[_PAGINATORS]
    if model is None:
        raise FileNotFoundError(f"botocore has no model of {folder.name}")
    documents[_MODEL] = _model(model, operations)
    if paginators is not None:
        kept = {name: page for name, page in paginators["pagination"].items() if name in operations}
        documents[_PAGINATORS] = {"pagination": kept}
    shutil.rmtree(newest)
    newest.mkdir()
    for name, document in documents.items():
        if document is not None:
            # Not compressed: the zip is, and a function need not unpack it a second time.
            _write(newest / f"{name}.json", document)


def _model(model: Document, operations: frozenset[str]) -> Document:
    kept = {name: model["operations"][name] for name in sorted(operations)}
    shapes = model["shapes"]
    used: set[str] = set()
    found = list(_references(kept))
    while found:
        name = found.pop()
        if name not in used:
            used.add(name)
            found.extend(_references(shapes[name]))
    cut = model | {"operations": kept, "shapes": {name: shapes[name] for name in sorted(used)}}
    described: Document = _without_documentation(cut)
    return described


def _references(part: object) -> Iterator[str]:
    """The names of the shapes that a part of a model uses, errors included."""
    if isinstance(part, dict):
        if isinstance(part.get("shape"), str):
            yield part["shape"]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _without_documentation(part: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(part, list):
        return [_without_documentation(value) for value in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _without_documentation(value)
        for name, value in part.items()
        # A member of a shape may have that name; a text is the documentation itself.
        if name != "documentation" or not isinstance(value, str)
    }


def _endpoints(document: Document, services: Container[str]) -> Document:
    partitions = [
        partition
        | {"services": {name: at for name, at in partition["services"].items() if name in services}}
        for partition in document["partitions"]
    ]
    return document | {"partitions": partitions}


def _read(folder: Path, name: str) -> Document | None:
    plain, packed = folder / f"{name}.json", folder / f"{name}.json.gz"
    document: Document
    if packed.exists():
        document = json.loads(gzip.decompress(packed.read_bytes()))
    elif plain.exists():
        document = json.loads(plain.read_bytes())
    else:
        return None
    return document


def _write(path: Path, document: Document) -> None:
    path.write_text(json.dumps(document, separators=(",", ":")), encoding="utf-8")
