"""The synthesised stages, shared with `tests/infra`: one synth for the whole run."""

from tests.infra.conftest import assemblies, assembly, prod, synthesis

__all__ = ["assemblies", "assembly", "prod", "synthesis"]
