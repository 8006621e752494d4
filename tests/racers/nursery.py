"""A process that has read the whole program once, and forks each racer from there.

What takes long is to read the program; a racer is a process of its own all the same, that builds
its application and opens its connections itself.

Argument: a socket. An order is a JSON list, a script of this folder and its arguments, and comes
with four descriptors: the racer's standard ones, and one on which it says that it went well.
"""

import json
import os
import runpy
import signal
import socket
import sys
import traceback
from pathlib import Path

from freeco import app as program
from freeco.plugins import Plugins


def main() -> None:
    assert program.create_app
    Plugins.installed()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # their endings are told by their descriptors
    orders = socket.socket(fileno=int(sys.argv[1]))
    while True:
        order, descriptors, _flags, _from = socket.recv_fds(orders, 100_000, 4)
        if not order:
            return
        if os.fork() == 0:
            orders.close()
            race(json.loads(order), descriptors)
            return
        for each in descriptors:
            os.close(each)


def race(words: list[str], descriptors: list[int]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *standard, done = descriptors
    for number, each in enumerate(standard):
        os.dup2(each, number)
        os.close(each)
    script = str(Path(__file__).with_name(f"{words[0]}.py"))
    sys.argv = [script, *words[1:]]
    try:
        runpy.run_path(script, run_name="__main__")
    except Exception:
        traceback.print_exc()
    else:
        sys.stdout.flush()
        os.write(done, b"1")


main()
