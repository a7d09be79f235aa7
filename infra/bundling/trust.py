"""The certificate authorities that a function trusts, in a form that is quick to load.

Parsing certifi's list takes a fifth of what importing and building `verify` does, and each
connection would do it again. Upstream may have a certificate of any of them: OpenSSL reads from a
directory only the one it needs. botocore takes no directory: its clients get a file with the roots
of AWS alone (docs/adr/0020).
"""

import hashlib
import re
import ssl
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Final

from OpenSSL import crypto

_FOLDER: Final = "trust"
_AWS: Final = "aws.pem"
# Where Lambda unpacks the zip.
AWS_ROOTS_IN_LAMBDA: Final = str(PurePosixPath("/var/task") / _FOLDER / _AWS)
# The five roots that Amazon Trust Services recommends for a trust store of one's own ("trust store
# and pinning recommendations" of its repository), by the SHA-256 of the certificate.
AWS_ROOTS: Final = {
    "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e": "Amazon Root CA 1",
    "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4": "Amazon Root CA 2",
    "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4": "Amazon Root CA 3",
    "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092": "Amazon Root CA 4",
    "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5": (
        "Starfield Services Root Certificate Authority - G2"
    ),
}
_PEM: Final = re.compile(
    r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL | re.ASCII
)


def write(libraries: Path) -> None:
    """Write the folder `trust` beside the installed libraries, from what they bring.

    `trust/aws.pem` has the roots of AWS, from botocore's list; `trust/upstream` has all of
    certifi's, where that is installed.

    Raises:
        LookupError: botocore's list lacks a root of AWS.
    """
    for bundle in libraries.glob("botocore/cacert.pem"):
        target = libraries / _FOLDER / _AWS
        target.parent.mkdir()
        target.write_text("".join(aws_roots(bundle.read_text(encoding="utf-8"))), encoding="utf-8")
    for bundle in libraries.glob("certifi/cacert.pem"):
        write_directory(bundle.read_text(encoding="utf-8"), libraries / _FOLDER / "upstream")


def aws_roots(bundle: str) -> list[str]:
    """The roots of AWS that a bundle has, in PEM.

    Raises:
        LookupError: it lacks one.
    """
    found = {_fingerprint(pem): pem for pem in _PEM.findall(bundle)}
    missing = [name for fingerprint, name in AWS_ROOTS.items() if fingerprint not in found]
    if missing:
        raise LookupError(f"not in the list of certificate authorities: {', '.join(missing)}")
    return [found[fingerprint] for fingerprint in AWS_ROOTS]


def write_directory(bundle: str, folder: Path) -> None:
    """Write each certificate of a bundle to a file with the name that OpenSSL looks for.

    That is the hash of its subject, and a number where several have the same (OpenSSL's `rehash`).
    """
    folder.mkdir(parents=True)
    taken: Counter[int] = Counter()
    for pem in _PEM.findall(bundle):
        certificate = crypto.load_certificate(crypto.FILETYPE_PEM, pem.encode())
        subject = certificate.subject_name_hash()
        (folder / f"{subject:08x}.{taken[subject]}").write_text(pem, encoding="utf-8")
        taken[subject] += 1


def _fingerprint(pem: str) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
