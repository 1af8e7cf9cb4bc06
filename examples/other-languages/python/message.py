"""What an event must hold for the program that acts on it."""

import re

OURS = "urn:noticeline:event:"
KNOWN = ["notice.issued", "notice.corrected", "notice.withdrawn", "notice.closed"]
KNOWN += ["deadline.changed", "dispute.answered", "hash.recalled"]
REGIMES = ["ntd_code", "dsa_notice", "dsa_order", "tco_removal_order", "csam_order", "test"]


def readable(kind, event, txn):
    """An event type of a later release is stored as it is."""
    kind = kind.removeprefix(OURS)
    if kind not in KNOWN:
        return True
    if event.get("v") != 1 or (txn or event.get("notice")) != event.get("notice", txn):
        return False
    if kind == "notice.issued" and event.get("regime") not in REGIMES:
        return False
    items = event.get("items") if kind in ("notice.issued", "notice.corrected") else [{"url": "https://none"}]
    http = [item for item in items or [] if re.fullmatch(r"(?i)https?://\S{1,2040}", str(item.get("url")))]
    return 1 <= len(http) <= 100 and len(http) == len(items)
