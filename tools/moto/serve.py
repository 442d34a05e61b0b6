"""Serves moto at a free port of 127.0.0.1. Prints the port as one line; ends when its stdin does, that is with whoever started it."""

import logging
import os
import signal
import sys
import threading


def end_with_starter() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


# Ctrl-C in a terminal reaches this process, too, but when to end is for its starter to say.
signal.signal(signal.SIGINT, signal.SIG_IGN)
threading.Thread(target=end_with_starter, daemon=True).start()

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

# One line per request is of no use to anybody.
logging.getLogger("werkzeug").setLevel(logging.WARNING)

server = make_server(
    "127.0.0.1",
    0,
    DomainDispatcherApplication(create_backend_app),
    threaded=True,
    request_handler=MotoRequestHandler,
)
# What moto makes addresses of itself with.
os.environ["MOTO_PORT"] = str(server.port)
print(server.port, flush=True)
sys.stdout.close()
server.serve_forever()
