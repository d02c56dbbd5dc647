#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""TOML on standard input as JSON on standard output, for `sluice import convey`.

Always one object: {"toml": {...}}, or {"error": "...", "line": N} if it is none.
"""
import json
import re
import sys

try:
    import tomllib
except ImportError:
    try:
        import tomli as tomllib
    except ImportError:
        tomllib = None


def convert(data):
    """What is to be printed of these bytes"""
    if tomllib is None:
        return {"error": "needs python3 of 3.11 or later, or its module tomli"}
    try:
        return {"toml": tomllib.loads(data.decode().replace("\r\n", "\n"))}
    except tomllib.TOMLDecodeError as err:
        found = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", str(err), re.S)
        if found:
            return {"error": found[1], "line": int(found[2])}
        return {"error": re.sub(r" \(at end of document\)", "", str(err)),
                "line": data.rstrip().count(b"\n") + 1}
    except (RecursionError, ValueError):
        return {"error": "is too deep or too large"}


try:
    json.dump(convert(sys.stdin.buffer.read()), sys.stdout, default=str, allow_nan=False)
except (RecursionError, ValueError):
    json.dump({"error": "has what a configuration of Convey has not"}, sys.stdout)
