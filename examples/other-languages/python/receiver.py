"""Takes notices: opens, checks, stores, answers. Acting on them is another program's work, which reads the inbox.

NOTICELINE=/var/lib/noticeline python3 receiver.py 8080
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from envelope import unseal
from inbox import settings, store
from strict import Refused, must, read_json
from token_check import check


def receive(media_type, body):
    my, jwks = settings()
    sets = {None: body.decode("latin-1")}
    if media_type == "application/json":
        sets = read_json(body).get("sets")
        must(isinstance(sets, dict) and len(sets) == 1)
    else:
        must(media_type == "application/secevent+jwt", status=415)
    [(jti, sent)] = sets.items()
    sealed = isinstance(sent, str) and sent.isascii() and sent.count(".") == 4
    must(sealed or my["sealing_keys"] == [])  # whoever strips the envelope is not believed
    token = unseal(sent, my["sealing_keys"]) if sealed else sent
    claims = check(token, my, jwks["keys"], my["now"])
    must(jti in (None, claims["jti"]))
    store(claims, token.encode())


class Push(BaseHTTPRequestHandler):
    timeout = 30

    def do_POST(self):
        status, said = 202, b""
        try:
            length = int(self.headers.get("Content-Length", 0))
            must(length <= 262144)
            receive(self.headers.get("Content-Type", "").split(";")[0].strip().lower(), self.rfile.read(length))
        except Refused as refused:
            status, said = refused.args[1], json.dumps({"err": refused.args[0]}).encode()
        except Exception as error:  # a full disk, settings that are gone: the portal comes again
            print(type(error).__name__, file=sys.stderr)
            status = 503
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Push).serve_forever()
