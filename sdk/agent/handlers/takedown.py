#!/usr/bin/env python3
# One item on standard input; the exit code answers. What is withheld is named by the key, so twice is once.
import json, os, sys
from os.path import isfile, islink, join, lexists, realpath

item = json.load(sys.stdin)
kept = join(os.environ["WITHHELD"], item["key"])
origin = kept + ".from"  # a link to where it was
if item["act"] == "take_down" and isfile(kept): sys.exit(0)  # done before
if item["act"] == "put_back" and isfile(kept) and lexists(os.readlink(origin)): sys.exit(20)  # something else is there
if item["act"] == "put_back" and isfile(kept): os.rename(kept, os.readlink(origin))
if item["act"] == "closed" and isfile(kept): os.unlink(kept)
if islink(origin): os.unlink(origin)
if item["act"] != "take_down": sys.exit(0)
if item["scope"] not in ("file", "page"): sys.exit(40)  # a person decides
site = realpath(join(os.environ["SERVED"], item["host"]))
file = realpath(site + item["path"])
if not lexists(site): sys.exit(11)  # no site of ours
if not lexists(file): sys.exit(10)  # not there any more
if not isfile(file) or not file.startswith(site + "/"): sys.exit(40)  # a folder, or a link that leads out of the site
os.symlink(file, origin)
os.rename(file, kept)
