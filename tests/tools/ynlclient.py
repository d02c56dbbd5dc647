#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The kernel's own client (tools/net/ynl), which knows of Sluice what docs/netlink/sluice.yaml says.

ynlclient.py REQUEST...    each "do OPERATION [JSON]", "dump OPERATION [JSON]", "policy OPERATION",
                           "listen GROUP", "heard GROUP N" or "whoami PORT"

Prints a line for each request: the answer as JSON, addresses that are IPv4 as such; {"refused": ...}
if it was; of a policy, which attributes the kernel takes and the specification does not name, and the
other way round; the next N events of a group listened to; what the kernel says of the socket of a
connection accepted at a port.
"""
import ipaddress
import json
import os
import socket
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
# Where tests/vm/run puts what `make tools` has made
sys.path.insert(0, os.path.join(TOP, "bin"))
from pyynl.lib import NlError, YnlFamily

SPEC = os.path.join(TOP, "docs/netlink/sluice.yaml")
EARS = {}  # who listens, by group


def readable(value):
    if isinstance(value, dict):
        return {k: readable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [readable(v) for v in value]
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, bytes):
        return value.hex()
    try:
        addr = ipaddress.IPv6Address(value) if isinstance(value, str) else None
    except ValueError:
        return value
    return str(addr.ipv4_mapped or addr) if addr else value


def heard(family, count):
    events = []
    for event in family.poll_ntf(10):
        events.append(event)
        if len(events) == count:
            break
    return events


def whoami(family, port):
    with socket.create_server(("", port)) as lsock:
        conn, _ = lsock.accept()
        with conn:
            return family.do("whoami", {"fd": conn.fileno()})


def ask(family, mode, name, attrs="{}"):
    if mode == "listen":
        # A socket joins before it is used, or not at all: one for each group
        EARS[name] = YnlFamily(SPEC, schema="")
        return EARS[name].ntf_subscribe(name)
    if mode == "heard":
        return heard(EARS[name], int(attrs))
    if mode == "whoami":
        return whoami(family, int(name))
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
