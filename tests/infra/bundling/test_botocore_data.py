"""botocore over its cut data: every call the functions make, and every error it can have."""

import ast
import inspect
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import botocore
import botocore.session
import pytest
from aws_lambda_powertools.utilities.circuit_breaker.persistence import dynamodb as breaker
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, UnknownServiceError
from botocore.loaders import Loader
from botocore.model import ServiceModel

from infra.bundling import botocore_data
from infra.bundling.botocore_data import OPERATIONS
from tests.adapters.aws_endpoint import REGION, AwsEndpoint, Fault
from tests.infra.assembly import ROOT

_WHOLE: Final = Path(botocore.__file__).parent / "data"
_TABLE: Final = "cut-data"
# Validates, as the tests of the adapters do, and tries once.
_CONFIG: Final = Config(retries={"total_max_attempts": 1, "mode": "standard"})
_ENDPOINTS: Final = [
    (service, region)
    for service in sorted(OPERATIONS)
    for region in (REGION, "us-east-1", "ap-southeast-3", "cn-north-1", "us-gov-west-1")
]
_CALLS: Final = sorted((service, name) for service, names in OPERATIONS.items() for name in names)


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of botocore's data of the used services and one more, cut."""
    data = tmp_path_factory.mktemp("botocore") / "data"
    data.mkdir()
    for path in _WHOLE.iterdir():
        if path.is_file():
            shutil.copy(path, data)
        elif path.name in {*OPERATIONS, "s3"}:
            shutil.copytree(path, data / path.name)
    botocore_data.trim(data)
    return data


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEndpoint]:
    with AwsEndpoint() as endpoint:
        yield endpoint


def client(data: Path, service: str, region: str = REGION, url: str | None = None) -> Any:  # noqa: ANN401 - botocore types none
    session = botocore.session.Session()
    loader = Loader([str(data)], include_default_search_paths=False)
    session.register_component("data_loader", loader)
    return session.create_client(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",  # noqa: S106 - no secret: moto checks none
        config=_CONFIG,
    )


def whole_model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def called(source: str) -> Iterator[str]:
    """The names of the methods that are called, and of the operations that are paged through."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            paged = name == "get_paginator" and isinstance(node.args[0], ast.Constant)
            yield ast.literal_eval(node.args[0]) if paged else name


def test_the_list_is_what_the_source_calls() -> None:
    sources = [path.read_text() for path in (ROOT / "functions").rglob("*.py")]
    names = {name for source in [*sources, inspect.getsource(breaker)] for name in called(source)}
    found = {
        service: {
            name for name in whole_model(service).operation_names if xform_name(name) in names
        }
        for service in OPERATIONS
    }
    assert found == OPERATIONS


def test_a_call_is_found_however_it_is_made() -> None:
    source = "self._client.scan(**it)\nfor _ in c().get_paginator('query').paginate(): 1"
    assert set(called(source)) == {"scan", "query", "paginate"}


def make_table(aws: AwsEndpoint) -> None:
    """By an uncut client."""
    aws.client("dynamodb").create_table(
        TableName=_TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def test_every_call_goes_all_the_way(cut: Path, aws: AwsEndpoint) -> None:
    make_table(aws)
    secret = aws.client("secretsmanager").create_secret(Name="cut", SecretString="text")["ARN"]
    queue = aws.client("sqs").create_queue(QueueName="cut")["QueueUrl"]
    aws.recover()
    table, key = client(cut, "dynamodb", url=aws.url), {"id": {"S": "one"}}
    table.put_item(TableName=_TABLE, Item=key)
    table.put_item(TableName=_TABLE, Item=key | {"n": {"N": "1"}})
    changed = table.update_item(
        TableName=_TABLE, Key=key, UpdateExpression="ADD n :n",
        ExpressionAttributeValues={":n": {"N": "1"}}, ReturnValues="UPDATED_NEW",
    )  # fmt: skip
    assert changed["Attributes"] == {"n": {"N": "2"}}
    assert table.get_item(TableName=_TABLE, Key=key)["Item"] == key | {"n": {"N": "2"}}
    pages = table.get_paginator("query").paginate(
        TableName=_TABLE, KeyConditionExpression="id = :id",
        ExpressionAttributeValues={":id": {"S": "one"}},
    )  # fmt: skip
    assert [item["id"] for page in pages for item in page["Items"]] == [{"S": "one"}]
    entry = {"Source": "s", "DetailType": "d", "Detail": "{}", "EventBusName": "default"}
    put = client(cut, "events", url=aws.url).put_events(Entries=[entry])
    assert (put["FailedEntryCount"], [*put["Entries"][0]]) == (0, ["EventId"])
    read = client(cut, "secretsmanager", url=aws.url).get_secret_value(SecretId=secret)
    assert (read["SecretString"], bool(read["VersionId"])) == ("text", True)
    sent = client(cut, "sqs", url=aws.url).send_message(QueueUrl=queue, MessageBody="body")
    assert sent["MessageId"]
    assert {*aws.calls} == {name for names in OPERATIONS.values() for name in names}


@pytest.mark.parametrize(("service", "name"), _CALLS)
def test_each_error_of_a_call_has_its_class(
    cut: Path, aws: AwsEndpoint, service: str, name: str
) -> None:
    operation: Any = whole_model(service).operation_model(name)
    assert operation.error_shapes
    api = client(cut, service, url=aws.url)
    required = {
        member: _smallest(operation.input_shape.members[member])
        for member in operation.input_shape.required_members
    }
    for shape in operation.error_shapes:
        aws.fail(name, Fault(400, shape.error_code))
        with pytest.raises(ClientError) as raised:
            getattr(api, xform_name(name))(**required)
        assert isinstance(raised.value, getattr(api.exceptions, shape.name))


def _smallest(shape: Any) -> Any:  # noqa: ANN401 - botocore types no shape
    """A value that passes botocore's checks."""
    if shape.type_name == "structure":
        return {name: _smallest(shape.members[name]) for name in shape.required_members}
    if shape.type_name in {"list", "map"}:
        return [{}] if shape.type_name == "list" else {}
    return "text"


@pytest.mark.parametrize("service", sorted(OPERATIONS))
def test_what_is_kept_is_what_aws_publishes(cut: Path, service: str) -> None:
    loader = Loader([str(cut)], include_default_search_paths=False)
    kept = ServiceModel(loader.load_service_model(service, "service-2"), service)
    whole = whole_model(service)
    assert (kept.metadata, kept.api_version) == (whole.metadata, whole.api_version)
    assert {*kept.operation_names} == OPERATIONS[service]
    for name in kept.shape_names:
        assert vars(kept.shape_for(name))["_shape_model"].keys() >= {"type"}
        assert described(kept, name) == described(whole, name)


def described(model: ServiceModel, name: str) -> object:
    """A shape, without its texts."""

    def plain(part: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(part, dict):
            return {
                key: plain(value)
                for key, value in part.items()
                if key != "documentation" or not isinstance(value, str)
            }
        return [plain(value) for value in part] if isinstance(part, list) else part

    return plain(vars(model.shape_for(name))["_shape_model"])


@pytest.mark.parametrize(("service", "region"), _ENDPOINTS)
def test_an_endpoint_is_where_it_was(cut: Path, service: str, region: str) -> None:
    assert client(cut, service, region).meta.endpoint_url == (
        client(_WHOLE, service, region).meta.endpoint_url
    )


def test_a_call_that_is_not_listed_does_not_exist(cut: Path) -> None:
    table = client(cut, "dynamodb")
    with pytest.raises(AttributeError, match="scan"):
        table.scan(TableName=_TABLE)
    with pytest.raises(UnknownServiceError, match="s3"):
        client(cut, "s3")


def test_an_operation_that_botocore_lacks_is_refused(cut: Path) -> None:
    with pytest.raises(KeyError, match="SendMessages"):
        botocore_data.trim(cut, {**OPERATIONS, "sqs": frozenset({"SendMessages"})})
    assert client(cut, "sqs").send_message
