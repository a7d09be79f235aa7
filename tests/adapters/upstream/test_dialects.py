"""The table of docs/design.md: the documents disagree, the normalised answer does not."""

import json
from decimal import Decimal
from typing import Any, Final

import pytest

from liveness_gateway.adapters.upstream.answers import read_answer
from liveness_gateway.adapters.upstream.dialects import DIALECTS
from liveness_gateway.verifications.model import Face, Point, UpstreamAnswer, UpstreamReceipt
from tests.answers import FACE, body, without

READ_FACE: Final = Face(
    Decimal("0.9885"),
    Point(Decimal("38.0577"), Decimal("4.0824")),
    Point(Decimal("18.9982"), Decimal("25.3957")),
)


def read(whole: object) -> UpstreamAnswer:
    return read_answer(json.dumps(whole).encode(), "request-1")


def expected(**changes: object) -> UpstreamAnswer:
    values: dict[str, Any] = {
        "score": Decimal("0.9998"),
        "face_count": 1,
        "faces": (READ_FACE,),
        "width": 95,
        "height": 71,
        "receipt": UpstreamReceipt(
            "uid-1", 2, "2025-06-01 12:00:00", "2025-06-01 12:00:01", "request-1"
        ),
    }
    return UpstreamAnswer(**(values | changes))


@pytest.mark.parametrize(
    "shape",
    [
        body(),
        body(Errors=[]),
        body(Errors=None),
        without(body(api_req_uuid="uid-1"), "api_req_uid"),
        body(api_req_uid="uid-1", api_req_uuid="another"),
        without(body(img_width=95, img_height=71), "img"),
        without(body(api_req_uuid="uid-1", img_width=95, img_height=71), "img", "api_req_uid"),
        body(model="2025-05", credits_left=7),
    ],
)
def test_every_documented_shape_is_the_same_answer(shape: dict[str, Any]) -> None:
    assert read(shape) == expected()


def test_the_dialects_differ_in_path_and_in_one_style_of_credentials() -> None:
    old, new = DIALECTS["v0.1"], DIALECTS["v0.2"]
    assert old.url("https://up.example.com") == (
        "https://up.example.com/v0.1/liveness-verification"
    )
    assert new.url("https://up.example.com/api") == (
        "https://up.example.com/api/v0.2/liveness-verification"
    )
    assert old.credential_headers("i", "k") == {"app_id": "i", "app_key": "k"}
    assert new.credential_headers("i", "k") == {"app-id": "i", "app-key": "k"}
    assert set(DIALECTS) == {"v0.1", "v0.2"}


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("0", "0"), ("1", "1"), ("0.0", "0"), ("1.0", "1"), ("-0", "0"), ("-0.0", "0"),
        ("0.60", "0.6"), ("6e-1", "0.6"), ("1E0", "1"), ("0.000001e5", "0.1"),
        ("1e-400", "0"), ("0.5999999999999999999", "0.5999999999999999999"),
        ("0." + "9" * 400, "0." + "9" * 36), ("0." + "6" * 36 + "7", "0." + "6" * 36),
        ("0.999810516834259", "0.999810516834259"),
    ],
)  # fmt: skip
def test_a_score_is_exact_and_never_lifted(text: str, score: str) -> None:
    raw = json.dumps(body(faces_liveness="@")).replace('"@"', text)
    read_score = read_answer(raw.encode()).score
    assert read_score is not None
    assert str(read_score) == score
    assert not read_score.is_signed()


def test_a_box_may_lie_outside_of_the_picture() -> None:
    outside = FACE | {"top_left": {"x": -3.5, "y": -1e9}}
    assert read(body(faces_predicted=[outside])).faces[0].top_left == Point(
        Decimal("-3.5"), Decimal(-1_000_000_000)
    )


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        (without(body(), "img"), (None, None)),
        (body(img=None), (None, None)),
        (body(img={}), (None, None)),
        (body(img={"height": 0, "width": 95}), (95, None)),
        (body(img={"height": -71, "width": 95.0}), (None, None)),
        (body(img={"height": True, "width": "95"}), (None, None)),
        (body(img={"height": 10**7, "width": 95}), (95, None)),
        (without(body(img_width=95), "img"), (95, None)),
    ],
)
def test_a_size_that_cannot_be_used_is_no_size(
    shape: dict[str, Any], size: tuple[int | None, int | None]
) -> None:
    answer = read(shape)
    assert (answer.width, answer.height) == size
    assert answer.score == Decimal("0.9998")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_req_uid", None), ("api_req_uid", 5), ("api_req_uid", ""), ("api_req_uid", "x" * 129),
        ("api_req_uid", "line\nbreak"), ("api_req_uid", ["uid"]), ("api_req_uid", "\ud800"),
        ("requested_at", 1748779200), ("processed_at", {"at": 1}), ("processed_at", "\u0000"),
        ("response_code", "2"), ("response_code", 2.0), ("response_code", True),
        ("response_code", 2**60), ("response_code", None), ("response_code", [2]),
    ],
)  # fmt: skip
def test_a_receipt_keeps_only_what_it_can(name: str, value: object) -> None:
    answer = read(body(**{name: value}))
    assert getattr(answer.receipt, name) is None
    assert (answer.score, answer.faces) == (Decimal("0.9998"), (READ_FACE,))
