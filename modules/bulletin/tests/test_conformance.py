"""The bulletin keeps what every module must."""

from freeco.testing.conformance import ModuleConformance


class TestConformance(ModuleConformance):
    """The shared suite, on the bulletin."""

    module = "bulletin"
