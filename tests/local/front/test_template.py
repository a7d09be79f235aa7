"""What the front reads in a template, and what it refuses to guess."""

from dataclasses import replace

import pytest

from local.front.template import RestApi, UnknownConstructError
from tests.infra.assembly import Assembly


def test_every_method_of_the_template_is_served(assemblies: dict[str, Assembly]) -> None:
    for name in ("local", "dev", "bare"):
        found = RestApi.of(assemblies[name].template)
        methods = assemblies[name].resources("AWS::ApiGateway::Method")
        assert len(found.methods) == len(methods)
        assert len(found.responses) == 21


def test_what_this_front_does_not_know_is_refused(prod: Assembly) -> None:
    """With several origins a preflight is decided by a mapping template."""
    with pytest.raises(UnknownConstructError, match="plain preflight"):
        RestApi.of(prod.template)


def test_a_value_that_this_front_does_not_know_is_refused(
    assemblies: dict[str, Assembly],
) -> None:
    api = RestApi.of(assemblies["dev"].template)
    response = replace(api.responses["THROTTLED"], headers={"X": "context.identity.userArn"})
    with pytest.raises(UnknownConstructError, match=r"context\.identity\.userArn"):
        response.written({})
