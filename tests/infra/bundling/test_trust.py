"""The certificate authorities of a zip: which they are, how long they last, and that they serve."""

import dataclasses
import hashlib
import re
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import botocore
import certifi
import pytest
from botocore.exceptions import SSLError
from OpenSSL import crypto

from infra.bundling import trust
from infra.functions.trust import trust_variables
from liveness_gateway.adapters.upstream.replies import NotSentError
from liveness_gateway.adapters.upstream.trust import trusting_context
from liveness_gateway.bootstrap import clients
from tests.adapters.certificates import Certificate, self_signed
from tests.adapters.exchange import post
from tests.adapters.raw_server import RawServer, read_request, response
from tests.answers import GOOD
from tests.environment import environment
from tests.infra.assembly import ROOT, STAGES

_BOTOCORES: Final = (Path(botocore.__file__).parent / "cacert.pem").read_text()
_CERTIFIS: Final = Path(certifi.where()).read_text()
_YEARS: Final = timedelta(days=5 * 365)
# The SHA-256 of each root's public key, as the repository of Amazon Trust Services publishes it.
_PUBLISHED_KEYS: Final = {
    "Amazon Root CA 1": "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2",
    "Amazon Root CA 2": "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461",
    "Amazon Root CA 3": "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9",
    "Amazon Root CA 4": "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5",
    "Starfield Services Root Certificate Authority - G2": (
        "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92"
    ),
}


def roots(bundle: str = _BOTOCORES) -> list[crypto.X509]:
    pems = trust.aws_roots(bundle)
    return [crypto.load_certificate(crypto.FILETYPE_PEM, pem.encode()) for pem in pems]


def key_digest(certificate: crypto.X509) -> str:
    key = crypto.dump_publickey(crypto.FILETYPE_ASN1, certificate.get_pubkey())
    return hashlib.sha256(key).hexdigest()


def ends(certificate: crypto.X509) -> datetime:
    text = (certificate.get_notAfter() or b"").decode()
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


@pytest.mark.parametrize("bundle", [_BOTOCORES, _CERTIFIS], ids=["botocore", "certifi"])
def test_the_roots_are_those_that_amazon_publishes(bundle: str) -> None:
    """certifi's list too: Mozilla still trusts each of them."""
    names = trust.AWS_ROOTS.values()
    assert dict(zip(names, map(key_digest, roots(bundle)), strict=True)) == _PUBLISHED_KEYS


def test_no_root_ends_within_five_years_of_the_lock() -> None:
    """From the date of the locked certifi, not from today: a test must not begin to fail."""
    lock = (ROOT / "requirements" / "verify.txt").read_text()
    (date,) = re.findall(r"^certifi==(\d+\.\d+\.\d+)", lock, re.MULTILINE)
    locked = datetime.strptime(date, "%Y.%m.%d").replace(tzinfo=UTC)
    assert min(ends(root) for root in roots()) > locked + _YEARS


def test_a_list_that_lost_a_root_is_refused() -> None:
    without = _BOTOCORES.replace(trust.aws_roots(_BOTOCORES)[1], "")
    with pytest.raises(LookupError, match=r"authorities: Amazon Root CA 2$"):
        trust.aws_roots(without)


def test_the_folder_is_made_of_what_the_libraries_bring(tmp_path: Path) -> None:
    for name, text in (("botocore", _BOTOCORES), ("certifi", _CERTIFIS)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "cacert.pem").write_text(text)
    trust.write(tmp_path)
    assert (tmp_path / "trust" / "aws.pem").read_text().count("BEGIN") == 5
    files = sorted((tmp_path / "trust" / "upstream").iterdir())
    assert len(files) == _CERTIFIS.count("BEGIN CERTIFICATE")
    assert all(re.fullmatch(r"[0-9a-f]{8}\.\d", file.name) for file in files)


def test_a_stage_can_switch_it_off() -> None:
    dev = STAGES["dev"]
    assert trust_variables(dev) == {"AWS_CA_BUNDLE": "/var/task/trust/aws.pem"}
    assert trust_variables(dataclasses.replace(dev, aws_roots_only=False)) == {}
    assert trust_variables(STAGES["local"]) == {}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificates"))


def serve_upstream(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(response(GOOD))


def test_openssl_finds_an_authority_in_the_directory(
    certificate: Certificate, tmp_path: Path
) -> None:
    trust.write_directory(_CERTIFIS + certificate.path.read_text(), tmp_path / "upstream")
    with RawServer(serve_upstream, certificate.server()) as server:
        assert post(server.url, tls=trusting_context(tmp_path / "upstream")).body == GOOD


def test_an_authority_that_is_not_in_the_directory_gets_nothing(
    certificate: Certificate, tmp_path: Path
) -> None:
    trust.write_directory(_CERTIFIS, tmp_path / "upstream")
    context = trusting_context(tmp_path / "upstream")
    with (
        RawServer(serve_upstream, certificate.server()) as server,
        pytest.raises(NotSentError, match="tls"),
    ):
        post(server.url, tls=context)


def test_authorities_of_the_same_name_are_numbered(
    certificate: Certificate, tmp_path: Path
) -> None:
    other = self_signed(tmp_path)
    both = certificate.path.read_text() + other.path.read_text()
    trust.write_directory(both, tmp_path / "upstream")
    names = sorted(file.name for file in (tmp_path / "upstream").iterdir())
    assert [name.split(".")[1] for name in names] == ["0", "1"]
    assert len({name.split(".")[0] for name in names}) == 1


def read_item(url: str) -> object:
    """By the client of the functions, as the environment tells it."""
    with environment(
        AWS_ENDPOINT_URL=url,
        AWS_ACCESS_KEY_ID="nobody",
        AWS_SECRET_ACCESS_KEY="nothing",  # noqa: S106 - no secret
        AWS_DEFAULT_REGION="eu-central-1",
    ):
        return clients.dynamodb(clients.ONCE).get_item(TableName="t", Key={"id": {"S": "1"}})


def test_our_aws_clients_trust_what_the_variable_names_and_nothing_else(
    certificate: Certificate, tmp_path: Path
) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(response(b"{}"))

    amazon = tmp_path / "aws.pem"
    amazon.write_text("".join(trust.aws_roots(_BOTOCORES)))
    with RawServer(behave, certificate.server()) as server:
        with environment(AWS_CA_BUNDLE=str(certificate.path)):
            read_item(server.url)
        with environment(AWS_CA_BUNDLE=str(amazon)), pytest.raises(SSLError):
            read_item(server.url)
