"""What must be true of a Security Event Token. PyJWT checks the signature."""

import hashlib
import json
import re

import jwt
from message import readable
from strict import base64url, must, octets, read_json


def key_of(kid, jwks, use):
    """Found by the thumbprint (RFC 7638) it has; the `kid` beside a key may lie."""
    for jwk in jwks:
        if (jwk.get("kty"), jwk.get("crv"), jwk.get("use", use)) == ("EC", "P-256", use):
            named = json.dumps({name: jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
            if base64url(hashlib.sha256(named.encode()).digest()) == kid:
                return jwk
    return None


def check(token, my, jwks, now):
    """The claims and the one event, or Refused with the `err` to answer."""
    must(isinstance(token, str) and token.count(".") == 2)
    header, payload, signature = map(octets, token.split("."))
    said = read_json(header)
    must(said.get("alg") == "ES256" and said.get("typ") == "secevent+jwt" and len(said) == 3)
    must(len(octets(said.get("kid"))) == 32)
    jwk = key_of(said["kid"], jwks, "sig")
    must(jwk is not None and len(signature) == 64, "invalid_key")
    try:
        jwt.PyJWS().decode(token, jwt.algorithms.ECAlgorithm.from_jwk(json.dumps(jwk)), algorithms=["ES256"])
    except jwt.PyJWTError:
        must(False, "invalid_key")
    claims = read_json(payload)
    must(claims.get("iss") == my["issuer"], "invalid_issuer")
    must(claims.get("aud") == my["audience"], "invalid_audience")
    must(type(claims.get("iat")) is int and now - 45 * 86400 <= claims["iat"] <= now + 600)
    must(isinstance(claims.get("jti"), str) and re.fullmatch(r"[\x21-\x7e]{1,200}", claims["jti"]))
    must("sub" not in claims and "exp" not in claims and type(claims.get("toe", 0)) is int)
    must(isinstance(claims.get("txn", ""), str))
    must(claims.get("sub_id", {"format": "opaque"}).get("format") == "opaque")
    must(isinstance(claims.get("events"), dict) and len(claims["events"]) == 1)
    [(kind, event)] = claims["events"].items()
    must(isinstance(event, dict) and readable(kind, event, claims.get("txn")))
    return claims
