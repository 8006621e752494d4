"""Why something of a sealed election is refused."""

from freeco.module import Text


class Unsound(ValueError):
    """Something published is not what the specification asks for; as text, it says what."""

    def __init__(self, why: Text) -> None:
        super().__init__(why)

    def __str__(self) -> str:
        """Say why, in the reader's language."""
        return str(self.args[0])

    def __reduce__(self) -> tuple[type["Unsound"], tuple[str]]:
        """Cross to another process as a plain sentence."""
        return type(self), (str(self),)


class Malformed(Unsound):
    """It is not even written as it should be."""


class OtherElection(Unsound):
    """It is for another election."""


class OfNobody(Unsound):
    """It is of nobody who may vote."""
