"""base64url and JSON, read as strictly as they were written."""

import base64
import json
import re


class Refused(Exception):
    """Its first argument is the `err` to answer, its second the status."""


def must(true, err="invalid_request", status=400):
    if not true:
        raise Refused(err, status)


def octets(text):
    """Canonical base64url: no padding, no other alphabet, no stray bits."""
    must(isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9_-]+", text) and len(text) % 4 != 1)
    found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    must(base64url(found) == text)
    return found


def base64url(found):
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode()


def members(pairs):
    must(len(dict(pairs)) == len(pairs))
    return dict(pairs)


def read_json(text):
    """An object with no member twice, no NUL in a text, and no number that is written in a way of its own."""
    try:
        value = json.loads(text.decode("utf-8"), object_pairs_hook=members, parse_constant=must)
        must(isinstance(value, dict) and "\0" not in repr_of(value))
    except (ValueError, RecursionError):
        raise Refused("invalid_request", 400) from None
    return value


def repr_of(value):
    return json.dumps(value, ensure_ascii=False).replace("\\u0000", "\0")
