"""Direct sales keep what every module must."""

from freeco.testing.conformance import ModuleConformance


class TestConformance(ModuleConformance):
    """The shared suite, on direct sales."""

    module = "direct_sales"
