"""Serves scim2-server on a free port, says which, and stops when its input closes.

The arguments are those of the scim2-server command.
"""

import os
import sys
import threading

from scim2_server.testserver import cli

make_server = cli.make_server


def announce(*args, **kwargs):
    server = make_server(*args, **kwargs)
    print(f"READY http://127.0.0.1:{server.server_port}/v2", flush=True)
    return server


def stop_with_parent():
    sys.stdin.read()
    os._exit(0)


cli.make_server = announce
threading.Thread(target=stop_with_parent, daemon=True).start()
sys.argv[1:1] = ["--port", "0"]
cli.main()
