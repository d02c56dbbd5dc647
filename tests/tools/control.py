#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What programs are promised of the netlink interface, case by case.

control.py CASE [ARGUMENT...]: prints what is not as it should be; fails if anything is
"""
import errno
import sys

from slnl import Refused, Sluice

BAD = []


def same(what, got, want):
    if got != want:
        BAD.append(f"{what}: got {got!r}, want {want!r}")


def refused(s, what, op, attrs, number, words=""):
    """An operation is refused, for this reason"""
    try:
        s.do(op, attrs)
    except Refused as e:
        if e.errno != number or words not in e.text:
            BAD.append(f"{what}: refused otherwise: {e}")
        return e
    BAD.append(f"{what}: not refused")
    return None


def service(name, port, **more):
    return {"name": name, "proto": 6, "addr": "10.0.1.2", "port": port, "accept-proxy": "tcp",
            "trust": [{"addr": "10.0.0.0", "plen": 104}], **more}


def ports(s):
    """Several ports of one service, and what a tool keeps with it"""
    more = [{"port": 443}, {"port": 1000, "port-end": 2000}]
    s.do("new-service", service("many", 80, ports=more, **{"user-data": b"\0note"}))
    got = s.do("get-service", {"name": "many"})
    same("ports", got["ports"], [{"port": 443, "port-end": 443}, {"port": 1000, "port-end": 2000}])
    same("user-data", got["user-data"], b"\0note")
    refused(s, "a port of another's", "new-service", service("x", 70, ports=[{"port": 1500}]),
            errno.EADDRINUSE, "another service")
    for again in ({"port": 80}, {"port": 70, "port-end": 90}):
        refused(s, "a port twice", "new-service", service("x", 85, ports=[{"port": 85}, again]),
                errno.EINVAL, "given twice")
    refused(s, "a range backwards", "new-service",
            service("x", 85, ports=[{"port": 87, "port-end": 86}]), errno.EINVAL, "below the first")
    e = refused(s, "a range without a port", "new-service",
                service("x", 85, ports=[{"port-end": 86}]), errno.EINVAL)
    same("what it lacks", e and e.miss_type, 1)
    s.do("new-service", service("x", 5000, ports=[{"port": 5000 + i} for i in range(1, 65)]))
    same("64 further", len(s.do("get-service", {"name": "x"})["ports"]), 64)
    s.do("del-service", {"name": "x"})
    refused(s, "65 further", "new-service",
            service("x", 5000, ports=[{"port": 5000 + i} for i in range(1, 66)]),
            errno.E2BIG, "no more than 64")
    refused(s, "other ports in a change", "set-service", {"name": "many", "ports": [{"port": 444}]},
            errno.EINVAL, "cannot change")
    s.do("set-service", {"name": "many", "ports": more, "user-data": b""})
    got = s.do("get-service", {"name": "many"})
    same("user-data taken back", "user-data" in got, False)
    same("ports after a change", len(got["ports"]), 2)
    s.do("set-service", {"name": "many", "user-data": b"x" * 4096})
    same("4096 bytes", len(s.do("get-service", {"name": "many"})["user-data"]), 4096)
    refused(s, "4097 bytes", "set-service", {"name": "many", "user-data": b"x" * 4097},
            errno.ERANGE)
    trust = [{"addr": f"10.{i}.0.0", "plen": 112} for i in range(256)]
    s.do("new-service", service("x", 5000, ports=[{"port": 5000 + i} for i in range(1, 65)],
                                **{"user-data": b"u" * 4096, "trust": trust}))
    got = s.do("get-service", {"name": "x"})
    same("as much as one may have", (len(got["trust"]), len(got["ports"])), (256, 64))
    same("in a dump", [x for x in s.dump("get-service") if x["name"] == "x"], [got])
    s.do("del-service", {"name": "x"})
    refused(s, "a pool", "set-service", {"name": "many", "pool": "p"}, errno.EOPNOTSUPP,
            "not available in this version")


CASES = {f.__name__: f for f in (ports,)}


def main():
    CASES[sys.argv[1]](Sluice(), *sys.argv[2:])
    for line in BAD:
        print(line)
    sys.exit(bool(BAD))


if __name__ == "__main__":
    main()
