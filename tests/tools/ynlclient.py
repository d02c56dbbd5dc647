#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The kernel's own client (tools/net/ynl), which knows of Sluice what docs/netlink/sluice.yaml says.

ynlclient.py REQUEST...    each "do OPERATION [JSON]", "dump OPERATION [JSON]" or "policy OPERATION"

Prints a line for each request: the answer as JSON, addresses that are IPv4 as such; {"refused": ...}
if it was; of a policy, which attributes the kernel takes and the specification does not name, and the
other way round.
"""
import ipaddress
import json
import os
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
# Where tests/vm/run puts what `make tools` has made
sys.path.insert(0, os.path.join(TOP, "bin"))
from pyynl.lib import NlError, YnlFamily

SPEC = os.path.join(TOP, "docs/netlink/sluice.yaml")


def readable(value):
    if isinstance(value, dict):
        return {k: readable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [readable(v) for v in value]
    if isinstance(value, bytes):
        return value.hex()
    try:
        addr = ipaddress.IPv6Address(value) if isinstance(value, str) else None
    except ValueError:
        return value
    return str(addr.ipv4_mapped or addr) if addr else value


def ask(family, mode, name, attrs="{}"):
    if mode == "policy":
        kernel = set(family.get_policy(name, "do"))
        return sorted(kernel ^ set(family.ops[name].yaml["do"]["request"]["attributes"]))
    return getattr(family, mode)(name, json.loads(attrs))


def main():
    # The specification was validated when the kernel's sources were generated from it.
    family = YnlFamily(SPEC, schema="")
    for request in sys.argv[1:]:
        try:
            answer = ask(family, *request.split(" ", 2))
        except NlError as e:
            answer = {"refused": e.nl_msg.extack, "error": os.strerror(e.error)}
        print(json.dumps(readable(answer)))


main()
