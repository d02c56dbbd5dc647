#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What programs are promised of the netlink interface, case by case.

control.py CASE [ARGUMENT...]: prints what is not as it should be; fails if anything is
"""
import errno
import os
import socket
import struct
import sys
import time

from slnl import DUMP, REQUEST, Refused, Sluice

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
    before = s.do("get-service", {"name": "many"})
    s.do("new-service", service("next", 3444))
    refused(s, "a change to another's port", "set-service",
            {"name": "many", "ports": [{"port": 3444}]}, errno.EADDRINUSE, "another service has")
    refused(s, "a change to a port given twice", "set-service",
            {"name": "many", "port": 81, "ports": [{"port": 81}]}, errno.EINVAL, "given twice")
    refused(s, "a change to a range backwards", "set-service",
            {"name": "many", "port": 81, "port-end": 80}, errno.EINVAL, "below the first")
    refused(s, "a change to no host's address", "set-service",
            {"name": "many", "addr": "224.0.0.1"}, errno.EADDRNOTAVAIL, "not a global")
    same("nothing changed", s.do("get-service", {"name": "many"}), before)
    s.do("set-service", {"name": "many", "port": 1500})
    got = s.do("get-service", {"name": "many"})
    same("one port", (got["port"], got["port-end"], got.get("ports")), (1500, 1500, None))
    s.do("set-service", {"name": "next", "port": before["port"]})
    refused(s, "back to a port that is taken now", "set-service",
            {"name": "many", "port": before["port"]}, errno.EADDRINUSE, "another service has")
    s.do("del-service", {"name": "next"})
    s.do("set-service", {"name": "many", "port": before["port"], "port-end": before["port-end"],
                         "ports": more, "user-data": b""})
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
    refused(s, "a pool that is not there", "set-service", {"name": "many", "pool": "p"},
            errno.ENOENT, "there is no such pool")


POOL = {"scheduler": "rr", "forward": "nat", "send-proxy": "none", "retries": 2, "max-fails": 3,
        "fail-timeout": 10, "persist": 0, "slow-start": 0, "on-down": "keep", "backends": 0, "min-up": 0, "up": 0,
        "hash": "src"}
COUNTS = dict.fromkeys(("packets-in", "packets-out", "bytes-in", "bytes-out", "flows-opened",
                        "flows-closed", "flows-reset", "flows-expired", "flows-flushed",
                        "flows-moved", "connect-refused", "connect-timeout",
                        "connect-abandoned", "connect-retried"), 0)
BACKEND = {"port": 0, "weight": 1, "state": "up", "health": "unknown", "max-flows": 0,
           "tunnel-port": 0, "tunnel-csum": "auto", "flows": 0, "send-proxy": "pool", "found": 0, "health-weight": 100,
           **COUNTS}


def refusals(s):
    """What contradicts itself, and what this version has not, in these words and by the attribute
    that is to blame"""
    new = service("r", 6000)
    bare = {k: v for k, v in new.items() if k not in ("accept-proxy", "trust")}
    key = {"sender-addr": "10.0.0.1", "sender-port": 1, "service-addr": "10.0.1.2",
           "service-port": 80}
    s.do("new-service", service("old", 6100, mark=1, **{"mark-mask": 3, "ports": [{"port": 6110}]}))
    s.do("new-service", service("other", 6120))
    old = {"name": "old"}
    for what, op, attrs, number, blamed, words in (
            ("any address and one", "new-service", {**new, "any": True}, errno.EINVAL, "any",
             "any address and a certain one exclude each other"),
            ("no protocol of ours", "new-service", {**new, "proto": 132}, errno.EPROTONOSUPPORT,
             "proto", "protocol must be tcp"),
            ("udp", "new-service", {**new, "proto": 17}, errno.EINVAL, "accept-proxy",
             "is for tcp"),
            ("257 to trust", "new-service", {**new, "trust": 257 * new["trust"]}, errno.E2BIG,
             "trust", "no more than 256 prefixes"),
            ("bind syn", "new-service", {**new, "bind": "syn"}, errno.EOPNOTSUPP, "bind",
             "a service with accept-proxy has bind header"),
            ("bind payload", "new-service", {**new, "bind": "payload"}, errno.EOPNOTSUPP, "bind",
             "a service with accept-proxy has bind header"),
            ("forward nat", "new-service", {**new, "forward": "nat"}, errno.EINVAL, "forward",
             "needs a pool, only local does without"),
            ("a mark outside its mask", "new-service", {**new, "mark": 0x10, "mark-mask": 0xF},
             errno.EINVAL, "mark", "mark has bits that its mask has not"),
            ("a mark without a mask", "set-service", {**old, "mark": 1, "mark-mask": 0},
             errno.EINVAL, "mark", "mark has bits that its mask has not"),
            ("a mask for less than the mark", "set-service", {**old, "mark-mask": 2},
             errno.EINVAL, "mark-mask", "mark has bits that its mask has not"),
            ("silence of over a week", "new-service", {**new, "idle-timeout": 604801},
             errno.ERANGE, "idle-timeout", "no more than 604800 seconds, a week; 0 is the usual"),
            ("a change to that", "set-service", {**old, "idle-timeout": 0xFFFFFFFF},
             errno.ERANGE, "idle-timeout", "no more than 604800 seconds, a week; 0 is the usual"),
            ("segments of next to nothing", "new-service", {**bare, "max-mss": 87}, errno.ERANGE,
             "max-mss", "a segment has 88 bytes or more; 0 is for what SYNs say"),
            ("segments of our own handshakes", "set-service", {**old, "max-mss": 1400},
             errno.EINVAL, "max-mss", "is for services of tcp without accept-proxy"),
            ("segments of datagrams", "new-service", {**bare, "proto": 17, "max-mss": 1400},
             errno.EINVAL, "max-mss", "is for services of tcp without accept-proxy"),
            ("a range over its own port", "set-service", {**old, "port-end": 6115}, errno.EINVAL,
             "port-end", "a port is given twice"),
            ("a range over another's", "set-service", {**old, "port-end": 6125},
             errno.EADDRINUSE, "port-end", "another service has this address and port"),
            ("a flow of two families", "del-flow", {**key, "sender-addr": "2001:db8::1"},
             errno.EINVAL, "service-addr", "addresses of a connection are of one family"),
            ("no flow of these ends", "del-flow", key, errno.ENOENT, "sender-addr",
             "there is no such connection"),
            ("an id and a tuple", "del-flow", {**key, "id": 1}, errno.EINVAL, None,
             "name a connection by its id, or by sender and service, or by client and backend"),
            ("neither", "del-flow", {}, errno.EINVAL, None, "name a connection by its id, ")):
        e = refused(s, what, op, attrs, number, words)
        if e:
            same(what + ": blamed", s.named_at(op, attrs, e.at), blamed)
        elif op == "new-service":
            s.do("del-service", {"name": "r"})
    del new["accept-proxy"]
    e = refused(s, "no accept-proxy", "new-service", new, errno.EINVAL,
                "is for services with accept-proxy")
    same("it lacks", e and e.miss_type, s.spec.sets["service"]["accept-proxy"]["number"])
    same("as it was", s.do("get-service", old)["mark"], 1)
    s.do("set-service", {**old, "mark-mask": 0})
    same("a mark taken back", s.do("get-service", old).get("mark"), None)
    s.do("set-service", {**old, "mark-mask": 0xF, "mark": 5})
    s.do("set-service", {**old, "mark-mask": 0})
    s.do("set-service", {**old, "mark-mask": 0xF})
    same("for good", s.do("get-service", old)["mark"], 0)
    same("silence, unless told", s.do("get-service", old)["idle-timeout"], 0)
    for n in (604800, 1, 0):
        s.do("set-service", {**old, "idle-timeout": n})
        same("silence, as told", s.do("get-service", old)["idle-timeout"], n)
    for name in ("old", "other"):
        s.do("del-service", {"name": name})
    same("left", s.dump("get-service"), [])


def pools(s):
    """Pools: what they are unless told otherwise, and what they may be told"""
    s.do("new-pool", {"name": "a"})
    got = s.do("get-pool", {"name": "a"})
    number = got.pop("id")
    same("a new pool", got, {"name": "a", **POOL})
    told = {"scheduler": "maglev", "forward": "fullnat", "send-proxy": "v2", "retries": 16,
            "max-fails": 100, "fail-timeout": 3600, "persist": 604800, "slow-start": 3600,
            "on-down": "reset", "min-up": 16384, "user-data": b"u" * 4096,
            "hash": "src-port,dst-port", "hash-key": bytes(range(16)),
            "tlv": [{"type": 2}, {"type": 0xE0, "value": b"\0" * 255}, {"type": 3},
                    {"type": 0xE1, "value": b""}]}
    s.do("set-pool", {"name": "a", **told})
    want = {"name": "a", "id": number, "backends": 0, "up": 0, **told}
    same("all of it", s.do("get-pool", {"name": "a"}), want)
    s.do("set-pool", {"name": "a", "retries": 0})
    same("nothing else", s.do("get-pool", {"name": "a"}), {**want, "retries": 0})
    s.do("set-pool", {"name": "a", "tlv": b"", "user-data": b""})
    got = s.do("get-pool", {"name": "a"})
    same("no TLVs", "tlv" in got or "user-data" in got, False)
    full = {"tlv": [{"type": i, "value": b"v" * 255} for i in range(0x20, 0x40)],
            "user-data": b"u" * 4096}
    s.do("set-pool", {"name": "a", **full})
    same("32 TLVs", len(s.do("get-pool", {"name": "a"})["tlv"]), 32)
    same("in a dump", len(s.dump("get-pool")[0]["tlv"]), 32)
    s.do("set-pool", {"name": "a", "tlv": b""})
    for what, attrs, number, words in (
            ("33 TLVs", {"tlv": [{"type": i} for i in range(0x20, 0x41)]}, errno.E2BIG, "32"),
            ("a TLV twice", {"tlv": [{"type": 1}, {"type": 1}]}, errno.EINVAL, "given before"),
            ("a checksum", {"tlv": [{"type": 3, "value": b"1234"}]}, errno.EINVAL, "computed"),
            ("a TLV of no type", {"tlv": [{"value": b"1"}]}, errno.EINVAL, ""),
            ("256 bytes", {"tlv": [{"type": 1, "value": b"1" * 256}]}, errno.ERANGE, ""),
            ("TLVs in v1", {"tlv": [{"type": 1}], "send-proxy": "v1"}, errno.EINVAL, "need send"),
            ("no scheduler", {"scheduler": "best"}, errno.EINVAL, "one of rr, wrr"),
            ("nothing to hash", {"hash": 0}, errno.EINVAL,
             "takes one or more of src, src-port, dst, dst-port"),
            ("what nobody hashes", {"scheduler": "sh", "hash": 16}, errno.EINVAL, ""),
            ("what rr does not hash", {"scheduler": "rr", "hash": "src-port"}, errno.EINVAL,
             "other than src needs scheduler sh or maglev"),
            ("a secret of 15 bytes", {"scheduler": "sh", "hash-key": b"x" * 15}, errno.ERANGE, ""),
            ("one of 17", {"scheduler": "sh", "hash-key": b"x" * 17}, errno.ERANGE, ""),
            ("none", {"scheduler": "sh", "hash-key": b""}, errno.ERANGE, ""),
            ("a secret that rr does not need",
             {"scheduler": "rr", "hash": "src", "hash-key": b"x" * 16}, errno.EINVAL,
             "needs scheduler sh or maglev"),
            ("no method", {"forward": "mail"}, errno.EINVAL, "one of local, nat"),
            ("17 retries", {"retries": 17}, errno.ERANGE, ""),
            ("101 failures", {"max-fails": 101}, errno.ERANGE, ""),
            ("no time", {"fail-timeout": 0}, errno.ERANGE, ""),
            ("a long time", {"fail-timeout": 3601}, errno.ERANGE, ""),
            ("more than there may be", {"min-up": 16385}, errno.ERANGE, ""),
            ("over a week", {"persist": 604801}, errno.ERANGE, "a week"),
            ("over an hour", {"slow-start": 3601}, errno.ERANGE, ""),
            ("no pool to be sorry", {"sorry": "none"}, errno.ENOENT, "no such pool")):
        refused(s, what, "set-pool", {"name": "a", **attrs}, number, words)
        refused(s, what + " (new)", "new-pool", {"name": "n", **attrs}, number, words)
    for name in ("sh", "maglev"):
        s.do("set-pool", {"name": "a", "scheduler": name, "hash": "src,src-port,dst,dst-port"})
    hashes = s.do("get-pool", {"name": "a"})
    e = refused(s, "another scheduler", "set-pool", {"name": "a", "scheduler": "p2c"}, errno.EINVAL,
                "takes no hash but src, sh and maglev do")
    same("blamed", s.named_at("set-pool", {"name": "a", "scheduler": "p2c"}, e.at), "scheduler")
    same("as it was", s.do("get-pool", {"name": "a"}), hashes)
    s.do("set-pool", {"name": "a", "hash": "src"})
    e = refused(s, "another scheduler with a secret", "set-pool", {"name": "a", "scheduler": "p2c"},
                errno.EINVAL, "takes no hash-key, sh and maglev do")
    same("blamed", s.named_at("set-pool", {"name": "a", "scheduler": "p2c"}, e.at), "scheduler")
    s.do("set-pool", {"name": "a", "scheduler": "p2c", "hash-key": bytes(16)})
    del hashes["hash-key"]
    same("as is usual", s.do("get-pool", {"name": "a"}), {**hashes, "scheduler": "p2c", "hash": "src"})
    refused(s, "a name twice", "new-pool", {"name": "a"}, errno.EEXIST, "exists")
    for name in ("", ".", "-a", "a b", "rate", "\xe4"):
        refused(s, f"the name {name!r}", "new-pool", {"name": name}, errno.EINVAL)
    same("what is missing", refused(s, "no name", "new-pool", {}, errno.EINVAL).miss_type, 1)
    s.do("new-pool", {"name": "b", "sorry": "a"})
    s.do("new-pool", {"name": "c", "sorry": "b"})
    refused(s, "a circle", "set-pool", {"name": "a", "sorry": "c"}, errno.ELOOP, "leads back")
    refused(s, "itself", "set-pool", {"name": "a", "sorry": "a"}, errno.ELOOP, "leads back")
    refused(s, "one in use", "del-pool", {"name": "a"}, errno.EBUSY, "another pool's")
    refused(s, "even by force", "del-pool", {"name": "a", "force": True}, errno.EBUSY)
    s.do("set-pool", {"name": "b", "sorry": ""})
    s.do("del-pool", {"name": "a"})
    refused(s, "one that is gone", "get-pool", {"name": "a"}, errno.ENOENT, "no such pool")
    same("the rest", [p["name"] for p in s.dump("get-pool")], ["b", "c"])
    for name in "cb":
        s.do("del-pool", {"name": name})


def backends(s):
    """Backends: by pool, address and port"""
    for name in "ab":
        s.do("new-pool", {"name": name})
    key = {"pool": "a", "addr": "10.0.2.1", "port": 80}
    # The first is of the second pool: where a listing is in one says nothing of the next.
    s.do("new-backend", {**key, "pool": "b"})
    s.do("new-backend", key)
    s.do("new-backend", {**key, "port": 81})
    s.do("new-backend", {"pool": "a", "addr": "2001:db8::1"})
    got = s.do("get-backend", key)
    first = got.pop("id")
    same("a new backend", got, {**BACKEND, **key})
    refused(s, "one twice", "new-backend", key, errno.EEXIST, "already")
    refused(s, "one not there", "set-backend", {**key, "port": 82}, errno.ENOENT, "no such backend")
    refused(s, "a pool not there", "new-backend", {**key, "pool": "c"}, errno.ENOENT, "no such pool")
    told = {"weight": 65535, "state": "drain", "max-flows": 0xFFFFFFFF, "forward": "gue",
            "tunnel-port": 65535, "health": "down", "send-proxy": "v1",
            "tunnel-csum": "off", "found": 1, "health-weight": 0}
    s.do("set-backend", {**key, **told})
    same("all of it", s.do("get-backend", key), {**key, "id": first, "flows": 0, **COUNTS, **told})
    s.do("set-backend", {**key, "forward": ""})
    same("as the pool", "forward" in s.do("get-backend", key), False)
    for what, attrs, number, words in (
            ("weight", {"weight": 65536}, errno.ERANGE, "0 to 65535"),
            ("state", {"state": 3}, errno.ERANGE, ""),
            ("method", {"forward": "mail"}, errno.EINVAL, "one of local")):
        refused(s, what, "set-backend", {**key, **attrs}, number, words)
        refused(s, what, "new-backend", {**key, "port": 99, **attrs}, number, words)
    for addr in ("224.0.0.1", "0.0.0.0", "255.255.255.255", "fe80::1", "::"):
        refused(s, addr, "new-backend", {"pool": "a", "addr": addr}, errno.EADDRNOTAVAIL,
                "global unicast")
    same("missing", refused(s, "no pool", "new-backend", {"addr": "10.0.2.1"},
                            errno.EINVAL).miss_type, 1)
    same("missing", refused(s, "no address", "new-backend", {"pool": "a"},
                            errno.EINVAL).miss_type, 2)
    same("all", [(b["pool"], b["addr"], b["port"]) for b in s.dump("get-backend")],
         [("a", "10.0.2.1", 80), ("a", "10.0.2.1", 81), ("a", "2001:db8::1", 0),
          ("b", "10.0.2.1", 80)])
    same("of one", [b["addr"] for b in s.dump("get-backend", {"pool": "b"})], ["10.0.2.1"])
    same("of the other", [b["pool"] for b in s.dump("get-backend", {"pool": "a"})], ["a"] * 3)
    try:
        s.dump("get-backend", {"pool": "c"})
        BAD.append("a dump of a pool that is not there")
    except Refused as e:
        same("of none", e.errno, errno.ENOENT)
    same("how many", s.do("get-pool", {"name": "a"})["backends"], 3)
    same("in all", s.do("get-info")["backends"], 4)
    before = s.do("get-info")["generation"]
    s.do("set-backend", {**key, "health": "up"})
    same("health makes no generation", s.do("get-info")["generation"], before)
    s.do("set-backend", {**key, "weight": 3, "health": "up"})
    same("weight does", s.do("get-info")["generation"], before + 1)
    refused(s, "a pool with backends", "del-pool", {"name": "a"}, errno.EBUSY, "force removes")
    s.do("del-backend", {**key, "port": 81})
    s.do("del-pool", {"name": "a", "force": True})
    same("left", s.do("get-info")["backends"], 1)
    s.do("del-pool", {"name": "b", "force": True})


def suited(s):
    """A service, its pool, and all that stand in for that have to suit each other"""
    for name in "abc":
        s.do("new-pool", {"name": name})
    web = {"name": "web", "proto": 6, "addr": "10.0.1.2", "port": 6200, "pool": "a"}
    here = {"addr": "10.0.1.2", "port": 6201}
    s.do("new-backend", {"pool": "a", **here})
    s.do("set-pool", {"name": "b", "sorry": "c"})
    unsuited = (
        ("a header in datagrams", {"send-proxy": "each"}, errno.EPROTONOSUPPORT, "are for udp"),
        ("a way to forward", {"forward": "local"}, errno.EOPNOTSUPP, "backends are reached by nat"))
    strangers = (
        ("of another family", {"addr": "2001:db8::1"}, errno.EAFNOSUPPORT, "of one family"),
        ("of another host", {"addr": "10.0.9.9"}, errno.ENETUNREACH,
         "sysctl -w net.ipv4.ip_forward=1"),
        ("reached otherwise", {**here, "forward": "local"}, errno.EOPNOTSUPP, "reached by nat"),
        ("sent otherwise", {**here, "send-proxy": "spp"}, errno.EPROTONOSUPPORT, "are for udp"))
    plain = {"send-proxy": "none", "forward": "nat"}
    for stands_in, pool in (("it is", "a"), ("what stands in is", "b"),
                            ("what stands in for that is", "c")):
        s.do("set-pool", {"name": "a", "sorry": "" if pool == "a" else "b"})
        for what, attrs, number, words in unsuited:
            what = f"{what}, {stands_in}"
            s.do("set-pool", {"name": pool, **attrs})
            refused(s, what, "new-service", web, number, words)
            s.do("set-pool", {"name": pool, **plain})
            s.do("new-service", web)
            refused(s, what + " later", "set-pool", {"name": pool, **attrs}, number, words)
            if pool != "a":
                s.do("set-pool", {"name": "a", "sorry": ""})
                s.do("set-pool", {"name": pool, **attrs})
                refused(s, what + " and comes later", "set-pool", {"name": "a", "sorry": "b"},
                        number, words)
                s.do("set-pool", {"name": pool, **plain})
                s.do("set-pool", {"name": "a", "sorry": "b"})
            s.do("del-service", {"name": "web"})
        for what, attrs, number, words in strangers:
            what = f"a backend {what}, {stands_in}"
            key = {"pool": pool, **attrs}
            if pool == "a" and attrs.get("port") == here["port"]:
                key["port"] += 1
            s.do("new-backend", key)
            refused(s, what, "new-service", web, number, words)
            s.do("del-backend", {k: key[k] for k in key if k in ("pool", "addr", "port")})
            s.do("new-service", web)
            refused(s, what + " later", "new-backend", key, number, words)
            s.do("del-service", {"name": "web"})
    s.do("set-pool", {"name": "c", "scheduler": "ewma"})
    refused(s, "what measures handshakes, for datagrams", "new-service", {**web, "proto": 17},
            errno.EPROTONOSUPPORT, "which only tcp has")
    for name in "abc":
        s.do("del-pool", {"name": name, "force": True})


def rules(s):
    """Rules are checked, then refused"""
    s.do("new-pool", {"name": "a"})
    s.do("new-service", service("ruled", 7000))
    good = {"service": "ruled", "kind": "sni", "pattern": "*.example.org", "pool": "a"}
    for kind, patterns in (("sni", ("*", "a.example", "*.b-c.example", "x_y.example")),
                           ("prefix", ("GET ",)), ("tlv", ("2=00ff", "0xE0=61"))):
        for p in patterns:
            refused(s, p, "new-rule", {**good, "kind": kind, "pattern": p}, errno.EOPNOTSUPP,
                    "rules are not available in this version")
    for kind, patterns in (("host", ("", "a..b", ".a", "a.", "-a.b", "a-.b", "a*", "*a", "a b",
                                     "x" * 64, "\xe4.example")),
                           ("prefix", ("",)),
                           ("tlv", ("", "2", "2=", "=00", "256=00", "2=0", "2=0g", "-1=00", "x=00",
                                    "000000000002=00"))):
        for p in patterns:
            refused(s, p, "new-rule", {**good, "kind": kind, "pattern": p}, errno.EINVAL)
    refused(s, "service", "new-rule", {**good, "service": "b"}, errno.ENOENT, "no such service")
    refused(s, "pool", "new-rule", {**good, "pool": "b"}, errno.ENOENT, "no such pool")
    for i, name in enumerate(good, 2):
        less = {k: v for k, v in good.items() if k != name}
        same("missing", refused(s, name, "new-rule", less, errno.EINVAL).miss_type, i)
    del good["pool"]
    refused(s, "none", "del-rule", good, errno.ENOENT, "no such rule")
    refused(s, "none", "get-rule", {"id": 1}, errno.ENOENT, "no such rule")
    same("list", s.dump("get-rule"), [])
    same("list", s.dump("get-rule", {"service": "ruled"}), [])
    s.do("del-service", {"name": "ruled"})
    s.do("del-pool", {"name": "a"})


LIMITS = ("max-flows", "max-half-open-bytes", "probe-mark", "probe-mask", "user-namespaces")


def state(s):
    """All that is configured, its generation, and limits"""
    info = s.do("get-info")
    return (s.dump("get-service"), s.dump("get-pool"), s.dump("get-backend"),
            info["generation"], {k: info[k] for k in LIMITS if k in info})


def listings(s):
    """What a listing takes it keeps to; what names one object it refuses"""
    key = {"addr": "10.0.2.1", "port": 80}
    s.do("batch", [("new-service", service(n, p)) for n, p in (("one", 7001), ("two", 7002))] +
         [("new-pool", {"name": n}) for n in ("one", "two")] +
         [("new-backend", {"pool": n, **key}) for n in ("one", "two")])
    for op, takes, attrs in (
            ("get-service", {}, {"name": "one"}), ("get-service", {}, {"name": "none"}),
            ("get-pool", {}, {"name": "one"}), ("get-stats", {}, {"service": "one"}),
            ("get-backend", {"pool": "one"}, {"addr": key["addr"]}),
            ("get-backend", {"pool": "one"}, {"port": key["port"]}),
            ("get-backend", {}, {"addr": key["addr"]}), ("get-rule", {"service": "one"}, {"id": 1}),
            ("get-rule", {}, {"id": 1})):
        attrs = {**takes, **attrs}
        try:
            got = s.dump(op, attrs)
            BAD.append(f"{op} {attrs}: not refused: shows {len(got)}")
        except Refused as e:
            same(f"{op} {attrs}", (e.errno, e.text),
                 (errno.EINVAL, "is of one object, a listing does not take it"))
            # Until 6.2 the end of a dump had room for the text alone.
            if e.at is not None or not os.uname().release.startswith("6.1."):
                same(f"{op} {attrs}: blamed", s.named_at(op, attrs, e.at), list(attrs)[-1])
    for op, attrs, want in (("get-service", {}, 2), ("get-pool", {}, 2), ("get-stats", {}, 2),
                            ("get-backend", {}, 2), ("get-backend", {"pool": "one"}, 1),
                            ("get-rule", {}, 0), ("get-rule", {"service": "one"}, 0)):
        same(f"{op} {attrs}", len(s.dump(op, attrs)), want)
    s.do("batch", [(f"del-{what}", {"name": n, "force": True})
                   for n in ("one", "two") for what in ("pool", "service")])


def answers(s, first):
    """Of two requests from this one on: how many objects came, and how it ended"""
    count, end = [0, 0], [None, None]
    while None in end:
        data, at = s.sock.recv(1 << 20), 0
        while at < len(data):
            size, kind, _, seq, _, code = struct.unpack_from("IHHIIi", data, at)
            at += (size + 3) & ~3
            if kind in (2, 3):
                end[seq - first] = code
            else:
                count[seq - first] += 1
    return tuple(map(list, zip(count, end)))


def sockets(s):
    """A socket has one listing at a time, and room for what it sends; it is good for more after a
    refusal"""
    fat = {"send-proxy": "v2", "user-data": b"u" * 4096,
           "tlv": [{"type": t, "value": b"v" * 255} for t in range(0x20, 0x40)]}
    names = [f"p{i}" for i in range(16)]
    s.do("batch", [("new-pool", {"name": n, **fat}) for n in names])
    pools, services = (s.spec.ops[op]["number"] for op in ("get-pool", "get-service"))
    for what, second in (("of the same", pools), ("of others", services)):
        # More than a message holds: it goes on when that is received.
        s.send(pools, b"", REQUEST | DUMP)
        s.send(second, b"", REQUEST | DUMP)
        same(f"two listings, {what}", answers(s, s.seq - 1),
             ([len(names), 0], [0, -errno.EBUSY]))
    same("one after the other", len(s.dump("get-pool")), len(names))

    changes = [("set-pool", {"name": n, "user-data": b"v" * 4096}) for n in names]
    room = s.sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    # The kernel takes twice of it.
    s.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
    try:
        s.do("batch", changes)
        BAD.append("a batch larger than the send buffer: not refused")
    except OSError as e:
        same("a batch larger than the send buffer", e.errno, errno.EMSGSIZE)
    same("has changed nothing", {p["user-data"][:1] for p in s.dump("get-pool")}, {b"u"})
    s.sock.setsockopt(socket.SOL_SOCKET, 32, room // 2)  # SO_SNDBUFFORCE
    same("with room for it", s.do("batch", changes)["count"], len(changes))
    s.do("batch", [("del-pool", {"name": n}) for n in names])


def held(s, name):
    """A service that has connections stays, alone and in a batch"""
    words = "has connections; force resets them"
    refused(s, "one with connections", "del-service", {"name": name}, errno.EBUSY, words)
    changes = [("set-service", {"name": name, "mark": 1}), ("del-service", {"name": name})]
    e = refused(s, "in a batch", "batch", changes, errno.EBUSY, words)
    same("which", e and s.object_at(changes, e.at), 1)
    same("its mark", s.do("get-service", {"name": name}).get("mark"), None)
    same("its flows", s.do("get-service", {"name": name})["flows"], 1)
    s.do("batch", [("del-service", {"name": name, "force": True})])


def anew(s, go):
    """A family's number is not that of the module when it was loaded anew"""
    print("ready", flush=True)
    while not os.path.exists(go):
        time.sleep(0.1)
    refused(s, "to the number before", "get-info", {}, errno.ENOENT)
    now = Sluice(s.spec)
    same("another number", now.family != s.family, True)
    same("which is good", now.do("get-info")["services"], 0)


def charged(s, group):
    """What is configured is memory of who configures it: in a control group that is small, it ends
    when that is full, and nobody is killed. What is taken away is given back."""
    number, most, each = s.spec.ops["batch"]["number"], 1600, 16
    fat = {"send-proxy": "v2", "user-data": b"u" * 4096,
           "tlv": [{"type": t, "value": b"v" * 255} for t in range(0x20, 0x40)]}
    bodies = [s.spec.encode("batch", [("new-pool", {"name": f"p{i + j}", **fat})
                                      for j in range(each)]) for i in range(0, most, each)]
    room = bytearray(1 << 16)
    made = error = 0

    def memory(key):
        with open(f"{group}/memory.{key}", encoding="ascii") as f:
            return int(f.read())

    with open(f"{group}/cgroup.procs", "wb", 0) as here, \
            open(f"{group}/../cgroup.procs", "wb", 0) as out:
        here.write(b"0")
        # In there nothing that could need memory of our own
        for body in bodies:
            s.send(number, body, REQUEST)
            s.sock.recv_into(room)
            kind, = struct.unpack_from("H", room, 4)
            if kind == 2:
                error, = struct.unpack_from("i", room, 16)
                break
            made += each
        out.write(b"0")
    same("in the end", error, -errno.ENOMEM)
    same("what was refused has made nothing", len(s.dump("get-pool")), made)
    print(f"{made} pools, {memory('current') >> 10} of {memory('max') >> 10} KiB")
    same("some fit", 0 < made * 12000 <= memory("max"), True)
    with open(f"{group}/memory.events", encoding="ascii") as f:
        same("nobody was killed", "oom_kill 0" in f.read().splitlines(), True)
    s.do("batch", [("del-pool", {"name": f"p{i}"}) for i in range(made)])
    deadline = time.monotonic() + 20
    while memory("current") > 1 << 20 and time.monotonic() < deadline:
        time.sleep(0.1)
    same("given back", memory("current") <= 1 << 20, True)


def found(s, port):
    """A connection of the client's port among many others, by what it has and by its id"""
    flow = s.dump("get-flow", {"client-port": int(port), "state": "established"})[0]
    for key in ("id", "client-port"):
        same(key, [f["id"] for f in s.dump("get-flow", {k: flow[k] for k in (key, "state")})],
             [flow["id"]])
    same("by its id", s.do("get-flow", {"id": flow["id"]})["client-port"], int(port))
    refused(s, "one that is not there", "get-flow", {"id": 1 << 40}, errno.ENOENT, "no such conn")
    s.do("del-flow", {"id": flow["id"]})
    same("when it is gone", s.dump("get-flow", {"id": flow["id"], "state": "established"}), [])
    seen = [f["id"] for f in s.dump("get-flow")]
    print(f"among {len(seen)}")
    same("others are there", len(set(seen)) > 512, True)


CASES = (ports, refusals, pools, backends, suited, rules, listings, sockets, held, anew, charged,
         found)


def main(cases):
    {f.__name__: f for f in cases}[sys.argv[1]](Sluice(), *sys.argv[2:])
    for line in BAD:
        print(line)
    sys.exit(bool(BAD))


if __name__ == "__main__":
    main(CASES)
