"""Compares a value of a template with a shape of botocore's models of the services.

Compared are names, types, enumerations, patterns, lengths and ranges, and in nested structures the
members that are required. A property that no shape has is a fault, unless the caller names it with
the reason.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import regex
from botocore.model import Shape

# A path has the names of the properties, without the number of an item: `Targets[].Arn`.
Translation = Mapping[str, str]


@dataclass
class Comparison:
    """What was found of one resource.

    Attributes:
        renamed: the name in the model of a property, by its path.
        shapes: the shape of what lies at a path, where the model has it in another operation.
        single: the shape of a value at a path, or of each value of a list there.
        unmodelled: why the model does not have it, by the path of a property.
        checked: how many values were compared with a shape.
        skipped: the paths in `unmodelled` that were met.
        faults: what is wrong, each with its path.
    """

    renamed: Translation = field(default_factory=dict)
    shapes: Mapping[str, Mapping[str, Shape]] = field(default_factory=dict)
    single: Mapping[str, Shape] = field(default_factory=dict)
    unmodelled: Mapping[str, str] = field(default_factory=dict)
    checked: int = 0
    skipped: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def members(self, value: Mapping[str, Any], known: Mapping[str, Any], path: str) -> None:
        """Compare each property of a structure with the member of its name."""
        for name, part in value.items():
            where = f"{path}.{name}" if path else name
            if where in self.unmodelled:
                self.skipped.add(where)
            elif where in self.shapes:
                self._elsewhere(part, self.shapes[where], where)
            elif where in self.single:
                for one in part if isinstance(part, list) else [part]:
                    self.compare(one, self.single[where], where)
            elif (member := self._member(name, known, where)) is None:
                self.faults.append(f"{where}: the model has no such member")
            else:
                self.compare(part, known[member], where)

    def compare(self, value: Any, shape: Any, path: str) -> None:  # noqa: ANN401 - botocore's shapes have no common attributes
        """Compare a value with a shape."""
        self.checked += 1
        if shape.type_name == "structure":
            self._structure(value, shape, path)
        elif shape.type_name == "list":
            self._sized(len(value), shape, path, "items")
            for part in value:
                self.compare(part, shape.member, f"{path}[]")
        elif shape.type_name == "map":
            self._map(value, shape, path)
        else:
            self.faults += [f"{path}: {fault}" for fault in _scalar_faults(value, shape)]

    def _member(self, name: str, known: Mapping[str, Any], path: str) -> str | None:
        names = [self.renamed[path]] if path in self.renamed else [name, name[0].lower() + name[1:]]
        return next((candidate for candidate in names if candidate in known), None)

    def _elsewhere(self, value: Any, known: Mapping[str, Any], path: str) -> None:  # noqa: ANN401 - a structure or a list of them
        for part in value if isinstance(value, list) else [value]:
            self.checked += 1
            self.members(part, known, f"{path}[]" if isinstance(value, list) else path)

    def _structure(self, value: Any, shape: Any, path: str) -> None:  # noqa: ANN401 - as in `compare`
        if not isinstance(value, Mapping):
            self.faults.append(f"{path}: a structure is needed")
            return
        given = {self._member(name, shape.members, f"{path}.{name}") for name in value}
        missing = [name for name in shape.required_members if name not in given]
        self.faults += [f"{path}: the member {name} is missing" for name in missing]
        self.members(value, shape.members, path)

    def _map(self, value: Any, shape: Any, path: str) -> None:  # noqa: ANN401 - as in `compare`
        if isinstance(value, list):  # of tags, which the service takes as a map
            value = {part["Key"]: part["Value"] for part in value}
        self._sized(len(value), shape, path, "entries")
        for key, part in value.items():
            self.compare(key, shape.key, f"{path} (key)")
            self.compare(part, shape.value, f"{path}[]")

    def _sized(self, size: int, shape: Any, path: str, what: str) -> None:  # noqa: ANN401 - as in `compare`
        self.faults += [f"{path}: {fault}" for fault in _range_faults(size, shape.metadata, what)]


def _scalar_faults(value: Any, shape: Any) -> Iterator[str]:  # noqa: ANN401 - any value, any shape
    kind, limits = shape.type_name, shape.metadata
    if kind == "boolean":
        if value not in (True, False, "true", "false"):
            yield f"{value!r} is no boolean"
    elif kind in ("integer", "long", "double", "float"):
        try:
            number = float(value)
        except (TypeError, ValueError):
            yield f"{value!r} is no number"
            return
        if kind in ("integer", "long") and not number.is_integer():
            yield f"{value!r} is no whole number"
        yield from _range_faults(number, limits, "is the value")
    elif kind == "string":
        yield from _text_faults(value, limits)
    else:
        yield f"a shape of type {kind} is not known here"


def _text_faults(value: Any, limits: Mapping[str, Any]) -> Iterator[str]:  # noqa: ANN401 - any value
    # CloudFormation takes a policy as an object and hands it to the service as text.
    text = json.dumps(value) if isinstance(value, Mapping) else value
    if not isinstance(text, str):
        yield f"{value!r} is no text"
        return
    if text not in limits.get("enum", [text]):
        yield f"{text!r} is none of {', '.join(limits['enum'])}"
    if (pattern := limits.get("pattern")) and not _matches(pattern, text):
        yield f"{text!r} does not match {pattern}"
    yield from _range_faults(len(text), limits, "characters")


def _matches(pattern: str, text: str) -> bool:
    # The models' patterns name Unicode categories, which Python's own `re` does not know.
    return regex.fullmatch(pattern, text, regex.DOTALL) is not None


def _range_faults(size: float, limits: Mapping[str, Any], what: str) -> Iterator[str]:
    # Without a minimum a negative number is not refused by the model.
    if size < limits.get("min", size):
        yield f"{size:g} {what}, and at least {limits['min']} are needed"
    if size > limits.get("max", size):
        yield f"{size:g} {what}, and at most {limits['max']} are taken"
