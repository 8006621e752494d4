"""Project decisions keep what every module must."""

from freeco.testing.conformance import ModuleConformance


class TestConformance(ModuleConformance):
    """The shared suite, on project decisions."""

    module = "project_decisions"
