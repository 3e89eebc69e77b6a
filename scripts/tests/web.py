"""A small web server for the tests: a file, whole or in parts, faithfully or not."""

import contextlib
import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

os.environ["no_proxy"] = "127.0.0.1"


class Web:
    """Serves these bytes on this machine, while the block runs, and counts what it has sent."""

    def __init__(self, content, has_ranges=True, limit=None):
        """Ends each answer after `limit` bytes, as a connection that breaks does."""
        self.content, self.has_ranges, self.limit = content, has_ranges, limit
        self.sent = 0

    def __enter__(self):
        handler = type("Handler", (Handler,), {"web": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/wheel.whl"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        start, end, status = 0, len(self.web.content), 200
        if self.web.has_ranges and (asked := re.match(r"bytes=(\d+)-(\d+)$", self.headers.get("Range", ""))):
            start, end, status = int(asked[1]), int(asked[2]) + 1, 206
        body = self.web.content[start:end][:self.web.limit]
        self.web.sent += len(body)  # before who asks can know of an answer
        self.send_response(status)
        self.send_header("Content-Length", str(end - start))
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(self.web.content)}")
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the other side was killed
            self.wfile.write(body)

    def log_message(self, *_):
        pass
