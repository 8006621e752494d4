"""What a WSGI server loads: the application, with its worker beside it on SQLite."""

from freeco.app import create_app
from freeco.kernel import Kernel
from freeco.worker import start_beside

app = create_app()
_kernel: Kernel = app.extensions["freeco"]
if _kernel.settings.is_sqlite:
    start_beside(app)
