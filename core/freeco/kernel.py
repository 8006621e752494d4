"""What one running application holds: its settings and its modules."""

from dataclasses import dataclass

from flask import Flask, current_app

from freeco.config import Settings
from freeco.plugins import Plugins


@dataclass(frozen=True)
class Kernel:
    """The settings and the modules of one application."""

    settings: Settings
    plugins: Plugins


def init_kernel(app: Flask, kernel: Kernel) -> None:
    """Give an application its kernel."""
    app.extensions["freeco"] = kernel


def kernel() -> Kernel:
    """Return the kernel of the application that is answering."""
    held: Kernel = current_app.extensions["freeco"]
    return held
