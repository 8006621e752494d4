"""Why something cannot be counted: mistakes of who calls, never of who votes."""


class Uncountable(ValueError):
    """What is given cannot be counted by this method."""


class MalformedBallot(Uncountable):
    """A ballot has not one mark for each option, or a mark that is not on the scale."""
