"""``python -m tests.stripe_stand_in 8042``: a stand-in to try a running Freeco with, by hand.

``POST /_control/connected``, ``/_control/move_clock`` and so on call the method of that name of
``StandIn`` with the JSON of the body; ``/_control/deliver`` sends what nobody has heard yet.
"""

import sys
from contextlib import suppress
from threading import Event

from .server import standing_in
from .stand_in import KEY

with standing_in(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as stand_in:
    sys.stdout.write(f"{stand_in.url} (key {KEY}); Ctrl-C ends it.\n")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        Event().wait()
