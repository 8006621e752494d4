"""The stand-in as pytest fixtures; a conftest takes them with one import."""

from collections.abc import Iterator

import pytest

from .ear import Ear, listening
from .server import standing_in
from .shop import Shop
from .stand_in import StandIn


@pytest.fixture(scope="session")
def stripe_server() -> Iterator[StandIn]:
    """Start one stand-in for the whole session."""
    with standing_in() as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(stripe_server: StandIn) -> Iterator[StandIn]:
    """Give an empty stand-in; fail when we sent what the SDK's own types do not know."""
    stripe_server.reset()
    yield stripe_server
    assert not stripe_server.accidents, "\n".join(stripe_server.accidents)
    assert not stripe_server.refused_parameters, "\n".join(stripe_server.refused_parameters)


@pytest.fixture
def shop(stand_in: StandIn) -> Shop:
    """Give a shop on a connected account."""
    return Shop.at(stand_in)


@pytest.fixture
def ear() -> Iterator[Ear]:
    """Give an endpoint of webhooks."""
    with listening() as ear:
        yield ear
