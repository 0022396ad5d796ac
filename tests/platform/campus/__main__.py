"""`python -m campus [port]`: prints its address, then answers until it is stopped."""

import sys
from wsgiref.simple_server import make_server

from . import configured

server = make_server("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0, None)
# Not 127.0.0.1, where the tool is: a browser takes the two for different sites.
url = f"http://localhost:{server.server_port}"
server.set_app(configured.application(url))
print(url, flush=True)  # noqa: T201 - who started it waits for this line
server.serve_forever()
