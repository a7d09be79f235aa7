"""TLS: the selfie leaves only towards a certificate that is trusted, valid and of that name."""

import socket
import ssl
import time
import warnings
from pathlib import Path

import pytest

from liveness_gateway.adapters.upstream.replies import AnswerLostError, NotSentError
from liveness_gateway.adapters.upstream.trust import trusting_context
from tests.adapters.certificates import Certificate, self_signed
from tests.adapters.exchange import jpeg, post, raises
from tests.adapters.raw_server import RawServer, read_head, read_request, response
from tests.answers import GOOD


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificates"))


def test_a_server_with_a_trusted_certificate_gets_the_selfie(certificate: Certificate) -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(response(GOOD))

    content = jpeg() + bytes(2_000_000)
    with RawServer(behave, certificate.server()) as server:
        assert post(server.url, content=content, tls=certificate.client()).body == GOOD
    assert seen[0].count(content) == 1


def never(_: socket.socket) -> None:
    pytest.fail("a request came through")


def test_an_unknown_certificate_gets_nothing(certificate: Certificate) -> None:
    """The default: certifi's list, on which this server is not."""
    with RawServer(never, certificate.server()) as server, pytest.raises(NotSentError, match="tls"):
        post(server.url)


@pytest.mark.parametrize(("host", "days"), [("other.example.com", 1), ("localhost", 0)])
def test_a_certificate_of_another_name_or_time_gets_nothing(
    tmp_path: Path, host: str, days: int
) -> None:
    wrong = self_signed(tmp_path, host, days)
    with RawServer(never, wrong.server()) as server, pytest.raises(NotSentError, match="tls"):
        post(server.url, tls=wrong.client())


def test_old_versions_of_tls_get_nothing(certificate: Certificate) -> None:
    old = certificate.server()
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is the point
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with RawServer(never, old) as server, pytest.raises(NotSentError):
        post(server.url, tls=certificate.client())


def test_a_server_that_speaks_no_tls_gets_nothing(certificate: Certificate) -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        seen.append(connection.recv(65536))
        connection.sendall(response(GOOD))

    with RawServer(behave) as server, pytest.raises(NotSentError, match="tls"):
        post(server.url.replace("http:", "https:"), tls=certificate.client())
    assert jpeg()[:20] not in seen[0]


@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x03\x40\x00" + bytes(16_000)])
def test_a_handshake_that_does_not_end_is_given_up_long_before_the_deadline(
    certificate: Certificate, sent: bytes
) -> None:
    """Silent, or a byte now and then: a record of 16 KB that is never complete."""

    def behave(connection: socket.socket) -> None:
        connection.recv(65536)
        for byte in sent:
            time.sleep(0.2)
            connection.sendall(bytes([byte]))
        connection.recv(65536)

    with RawServer(behave) as server, raises(NotSentError, "connect_timeout"):
        post(server.url.replace("http:", "https:"), tls=certificate.client())


def test_a_refusal_that_does_not_wait_for_the_selfie_is_read_or_lost(
    certificate: Certificate,
) -> None:
    """After a write that failed, OpenSSL may or may not read what had arrived before.

    Which of the two depends on the machine: on a busy one all eight may be lost.
    """

    def behave(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(response(b"{}", "403 Forbidden"))

    read: list[int] = []
    trusting = certificate.client()
    with RawServer(behave, certificate.server()) as server:
        for _ in range(8):
            try:
                reply = post(server.url, content=jpeg() + bytes(4_000_000), tls=trusting)
            except AnswerLostError as lost:
                assert str(lost) == "connection_lost"  # noqa: PT017 - one of two good ends
            else:
                read.append(reply.status)
    assert set(read) <= {403}


def test_a_context_always_verifies(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        context = trusting_context(folder)
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert len(trusting_context(tmp_path / "absent").get_ca_certs()) > 100
