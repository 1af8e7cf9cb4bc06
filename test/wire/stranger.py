"""A provider's receiver that shares no code with Noticeline, written from the protocol and API pages alone.

It needs PyJWT and cryptography (Debian: python3-jwt, python3-cryptography) and Python's own HTTP modules.
Usage: stranger.py DEMO_JSON. It prints one JSON object: what it saw, step by step.
"""

import base64
import hashlib
import json
import queue
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

ISSUED = "urn:noticeline:event:notice.issued"
RECEIVED = "urn:noticeline:event:notice.received"
REPORTED = "urn:noticeline:event:items.reported"
VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def instant():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def call(method, url, body=None, headers=None, media="application/json"):
    data = None
    if body is not None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=dict(headers or {}))
    if data is not None:
        request.add_header("Content-Type", media)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Stranger:
    def __init__(self, demo):
        self.base = demo["base_url"]
        self.provider = demo["open_provider"]
        self.notifier = demo["tokens"]["notifier"]
        self.private = ec.generate_private_key(ec.SECP256R1())
        numbers = self.private.public_key().public_numbers()
        self.jwk = {
            "kty": "EC",
            "crv": "P-256",
            "x": b64(numbers.x.to_bytes(32, "big")),
            "y": b64(numbers.y.to_bytes(32, "big")),
        }
        canonical = json.dumps({k: self.jwk[k] for k in ("crv", "kty", "x", "y")}, separators=(",", ":"))
        self.kid = b64(hashlib.sha256(canonical.encode()).digest())
        self.arrived = queue.Queue()
        self.issuer = None
        self.audience = None

    def listen(self):
        stranger = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stranger.arrived.put((self.headers["Content-Type"], body.decode("ascii")))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return "http://127.0.0.1:%d/hook" % server.server_port

    def check(self, raw):
        """RFC 8417 token as a plain JWS: the portal's key set, ES256 and nothing else, our own audience."""
        assert raw.count(".") == 2, "a plain JWS has three parts"
        header = jwt.get_unverified_header(raw)
        assert set(header) == {"alg", "kid", "typ"}, header
        assert header["alg"] == "ES256" and header["typ"] == "secevent+jwt", header
        configuration = json.loads(call("GET", self.base + "/.well-known/ssf-configuration")[1])
        keys = json.loads(call("GET", configuration["jwks_uri"])[1])["keys"]
        key = next(key for key in keys if key["kid"] == header["kid"])
        return jwt.decode(
            raw,
            jwt.algorithms.ECAlgorithm.from_jwk(json.dumps(key)),
            algorithms=["ES256"],
            audience=self.audience,
            issuer=self.issuer,
            options={"require": ["iss", "aud", "iat", "jti"]},
            leeway=600,
        )

    def report(self, txn, event, body):
        claims = {
            "iss": self.audience,
            "aud": self.issuer,
            "iat": int(time.time()),
            "jti": "evt_" + uuid.uuid4().hex,
            "txn": txn,
            "sub_id": {"format": "opaque", "id": txn},
            "events": {event: body},
        }
        raw = jwt.encode(claims, self.private, algorithm="ES256", headers={"kid": self.kid, "typ": "secevent+jwt"})
        return call("POST", self.base + "/v1/reports", raw, media="application/secevent+jwt")


def main():
    with open(sys.argv[1]) as file:
        demo = json.load(file)
    seen = {}
    me = Stranger(demo)
    hook = me.listen()
    bearer = {"Authorization": "Bearer " + me.provider["token"]}

    code, text = call(
        "POST",
        me.base + "/v1/endpoints",
        {"url": hook, "description": "a stranger", "signing_keys": [me.jwk], "sealing_key": None},
        {**bearer, "Idempotency-Key": uuid.uuid4().hex},
    )
    assert code == 201, (code, text)
    endpoint = json.loads(text)
    assert endpoint["verified"] is False
    me.issuer, me.audience = endpoint["issuer"], endpoint["audience"]
    seen["registered"] = sorted(endpoint)

    code, text = call("POST", me.base + "/v1/endpoints/" + endpoint["id"] + "/verify", {}, bearer)
    assert code == 200, (code, text)
    seen["verified"] = json.loads(text)
    media, raw = me.arrived.get(timeout=10)
    claims = me.check(raw)
    assert list(claims["events"]) == [VERIFICATION], claims["events"]
    seen["verification_media_type"] = media

    asked = time.time()
    code, text = call(
        "POST",
        me.base + "/v1/notices",
        {
            "regime": "ntd_code",
            "category": "csam",
            "legal_class": "baseline",
            "items": [{"url": me.provider["files"][0], "scope": "file"}],
        },
        {"Authorization": "Bearer " + me.notifier, "Idempotency-Key": uuid.uuid4().hex},
    )
    assert code == 201, (code, text)
    notice = json.loads(text)
    media, raw = me.arrived.get(timeout=15)
    seen["seconds_to_first_push"] = round(time.time() - asked, 3)
    claims = me.check(raw)
    assert "sub" not in claims and "exp" not in claims, sorted(claims)
    assert claims["txn"] == notice["id"] and claims["sub_id"] == {"format": "opaque", "id": notice["id"]}
    body = claims["events"][ISSUED]
    assert body["v"] == 1 and body["notice"] == notice["id"] and body["seq"] == 1
    item = body["items"][0]
    assert item["url"] == me.provider["files"][0]
    seen["issued"] = sorted(body)

    code, text = me.report(
        notice["id"],
        RECEIVED,
        {
            "v": 1,
            "notice": notice["id"],
            "seq": 1,
            "ref": claims["jti"],
            "set_sha256": b64(hashlib.sha256(raw.encode("ascii")).digest()),
            "received_at": instant(),
        },
    )
    assert (code, text) == (202, ""), (code, text)
    code, text = me.report(
        notice["id"],
        REPORTED,
        {
            "v": 1,
            "notice": notice["id"],
            "seq": 1,
            "results": [{"item": item["id"], "outcome": "content_removed", "at": instant(), "by": "human"}],
        },
    )
    assert (code, text) == (202, ""), (code, text)

    # Nothing was removed: the file is still served, and the portal sees that.
    headlines = []
    until = time.time() + 30
    while time.time() < until:
        code, text = call("GET", me.base + "/v1/notices/" + notice["id"], headers={"Authorization": "Bearer " + me.notifier})
        assert code == 200, (code, text)
        assert me.provider["files"][0] not in text
        headline = json.loads(text)["items"][0]["headline"]
        if not headlines or headlines[-1] != headline:
            headlines.append(headline)
        if headline == "contradicted":
            break
        time.sleep(0.2)
    seen["headlines"] = headlines

    forged = me.report(notice["id"], RECEIVED, {"v": 1})
    seen["refused_report"] = [forged[0], json.loads(forged[1]).get("err")]
    print(json.dumps(seen))


main()
