"""A small web server for tests: HTTP ranges, cut connections, servers that know no ranges."""

import contextlib
import http.server
import re
import threading


class Behaviour:
    """What the server does; tests change it while it runs."""

    def __init__(self, content: bytes):
        self.content = content
        self.ranges = True
        self.cut_after = None   # bytes after which the connection is closed …
        self.cuts_left = 0      # … this many times
        self.status = None      # answer with this error instead
        self.requests = []      # the Range header of each request, or None


@contextlib.contextmanager
def serve(content: bytes):
    """Yields (address, behaviour); every path gives the content."""
    behaviour = Behaviour(content)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            wanted = self.headers.get("Range")
            behaviour.requests.append(wanted)
            if behaviour.status is not None:
                self.send_error(behaviour.status)
                return
            start = 0
            match = re.fullmatch(r"bytes=(\d+)-", wanted or "")
            if behaviour.ranges and match:
                start = int(match.group(1))
                if start >= len(behaviour.content):
                    self.send_error(416)
                    return
                self.send_response(206)
                last = len(behaviour.content) - 1
                self.send_header("Content-Range", f"bytes {start}-{last}/{last + 1}")
            else:
                self.send_response(200)
            body = behaviour.content[start:]
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if behaviour.cuts_left > 0:
                behaviour.cuts_left -= 1
                body = body[:behaviour.cut_after]
                self.close_connection = True
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/collection.tar.gz", behaviour
    finally:
        server.shutdown()
        server.server_close()
