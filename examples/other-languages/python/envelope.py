"""Opens an envelope: a compact JWE with ECDH-ES and A256GCM on P-256."""

import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from strict import must, octets, read_json
from token_check import key_of


def unseal(envelope, mine):
    """The token in it."""
    head, wrapped, iv, text, tag = envelope.split(".")
    must(wrapped == "" and len(octets(iv)) == 12 and len(octets(tag)) == 16 and octets(text))
    said = read_json(octets(head))
    must((said.get("alg"), said.get("enc"), said.get("cty")) == ("ECDH-ES", "A256GCM", "JWT"))
    must(set(said) <= {"alg", "enc", "kid", "cty", "epk"} and isinstance(said.get("epk"), dict))
    epk = said["epk"]
    must(set(epk) == {"kty", "crv", "x", "y"} and (epk["kty"], epk["crv"]) == ("EC", "P-256"))
    x, y = octets(epk["x"]), octets(epk["y"])
    must(len(x) == len(y) == 32)
    key = key_of(said.get("kid"), mine, "enc")
    must(key is not None, "invalid_key")
    try:
        point = ec.EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1())
        own = ec.derive_private_key(int.from_bytes(octets(key["d"]), "big"), ec.SECP256R1())
        shared = own.exchange(ec.ECDH(), point.public_key())
        # NIST SP 800-56A: round 1, the secret, the name of the algorithm, no party info, 256 bits.
        derived = Hash(SHA256())
        derived.update(struct.pack(">I", 1) + shared)
        derived.update(struct.pack(">I7s3I", 7, b"A256GCM", 0, 0, 256))
        opened = AESGCM(derived.finalize()).decrypt(octets(iv), octets(text) + octets(tag), head.encode())
        return opened.decode("ascii")
    except (ValueError, InvalidTag):
        must(False, "invalid_key")
