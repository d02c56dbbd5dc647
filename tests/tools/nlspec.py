#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Each attribute of each request, as the specification (docs/netlink/sluice.yaml) limits it.

nlspec.py edges            each attribute missing, twice, at and beyond each of its limits, of wrong
                           lengths, nested where it is not: alone and in a batch. What is beyond a
                           limit is told it, and each refusal has words and an attribute. One that
                           is needed is named where it is missing; of one that comes twice and is
                           no list the last counts, of a list all do.
nlspec.py mutate N [SEED]  N requests made of good ones: bits, lengths, order and nesting changed
                           at random, while a connection lives and somebody listens

Prints what is not as it should be; its last line is "done" and how many.
"""
import errno
import os
import random
import re
import socket
import struct
import sys

import pplib
from slnl import ACK, DUMP, NESTED, NUMBERS, REQUEST, Refused, Sluice, attr

SERVICE = {"name": "edge", "proto": 6, "addr": "10.0.1.9", "port": 81, "accept-proxy": "tcp",
           "trust": {"addr": "10.0.0.0", "plen": 104}, "port-end": 82, "untrusted": "reset",
           "header-timeout": 4000, "header-max": 1000, "mark": 1, "mark-mask": 3,
           "to-addr": "127.0.0.1", "to-port": 83, "forward": "local", "bind": "header",
           "ports": {"port": 90, "port-end": 91}, "user-data": b"data", "idle-timeout": 600}
VIP = {**{k: SERVICE[k] for k in ("name", "addr", "port", "trust", "idle-timeout")}, "proto": 17,
       "to-addr": "10.0.1.2", "tunnel": "gue", "tunnel-port": 6081}
MOVED = {**{k: SERVICE[k] for k in ("name", "addr", "port")}, "proto": 6,
         "reply-addr": "10.0.3.9", "reply-port": 80, "max-mss": 1400}
BALANCED = {**{k: SERVICE[k] for k in ("name", "addr", "port", "port-end", "mark", "mark-mask",
                                       "ports", "user-data", "idle-timeout")},
            "proto": 17, "forward": "nat", "bind": "syn", "pool": "base", "adopt": "none"}
POOL = {"name": "edge", "scheduler": "maglev", "hash": "src,src-port", "forward": "nat",
        "hash-key": b"a secret of 16 B", "send-proxy": "v2", "tlv": {"type": 2, "value": b"x"},
        "retries": 1, "max-fails": 2, "fail-timeout": 20, "persist": 60, "slow-start": 10,
        "sorry": "base", "on-down": "reset", "min-up": 2, "user-data": b"data"}
BACKEND = {"pool": "base", "addr": "10.0.2.9", "port": 80, "weight": 2, "state": "up",
           "health": "up", "max-flows": 10, "forward": "nat", "tunnel-port": 6080,
           "send-proxy": "none", "tunnel-csum": "on", "found": 1, "health-weight": 50}
RULE = {"service": "base", "kind": "sni", "pattern": "*", "pool": "base"}
FLOW = {"sender-addr": "10.0.0.1", "sender-port": 1, "service-addr": "10.0.1.2", "service-port": 2}
INNER = {"client-addr": "203.0.113.7", "client-port": 1, "backend-addr": "10.0.1.2",
         "backend-port": 2}
# A request of each kind with all of its attributes but those that VARIANTS have
GOOD = {
    "get-service": {"name": "base"}, "new-service": SERVICE,
    "set-service": {**SERVICE, "name": "base", "addr": "10.0.1.2", "mark": 2, "user-data": b"",
                    "untrusted": "drop"},
    "del-service": {"name": "base", "force": True},
    "get-pool": {"name": "base"}, "new-pool": POOL,
    "set-pool": {**POOL, "name": "base", "sorry": ""},
    "del-pool": {"name": "lone", "force": True, "reset": True},
    "get-backend": {"pool": "base", "addr": "10.0.2.1", "port": 80}, "new-backend": BACKEND,
    "set-backend": {**BACKEND, "addr": "10.0.2.1"},
    "del-backend": {"pool": "base", "addr": "10.0.2.1", "port": 80, "force": True},
    "get-rule": {"id": 1, "service": "base"}, "new-rule": RULE,
    "del-rule": {k: v for k, v in RULE.items() if k != "pool"},
    "get-flow": {"id": 1, "service": "base", "state": "connect", **FLOW, **INNER, "version": 1},
    "del-flow": FLOW, "flush-flows": {"service": "base"},
    "get-stats": {"service": "base"}, "reset-stats": {"service": "base"},
    "get-info": {"everywhere": True},
    "set-info": {"max-flows": 1000, "max-half-open-bytes": 1 << 20, "draining": 0,
                 "probe-mark": 0x51000000, "probe-mask": 0xFF000000, "user-namespaces": 0,
                 "everywhere": True},
    "whoami": {"fd": 0, "peer-addr": "203.0.113.7", "peer-port": 1, "local-addr": "10.0.1.2"},
}
# Whose attributes exclude some of GOOD's, or which this version refuses
VARIANTS = [
    ("new-service", {**{k: v for k, v in SERVICE.items() if k != "addr"}, "any": True}),
    ("new-service", BALANCED), ("new-service", VIP), ("new-service", MOVED),
    ("set-service", {"name": "base", "any": True, "trust": SERVICE["trust"]}),
    ("set-service", {"name": "base", "accept-proxy": "none", "to-addr": "10.0.1.3", "tunnel": "gue",
                     "tunnel-port": 6081, "trust": SERVICE["trust"], "adopt": "none",
                     "max-mss": 1400}),
    ("set-service", {"name": "base", "accept-proxy": "none", "to-addr": "::", "port": 81,
                     "reply-addr": "10.0.3.9", "reply-port": 80}),
    ("set-service", {"name": "base", "pool": "base", "trust": SERVICE["trust"]}),
    ("del-flow", INNER), ("del-flow", {"id": 1}),
    ("flush-flows", {"pool": "base", "backend-addr": "10.0.2.1", "backend-port": 80}),
]
# Of what is a list: another one of it, and why the same one is refused twice, None if it is not
LISTS = {"trust": ({"addr": "10.1.0.0", "plen": 112}, None),
         "ports": ({"port": 95, "port-end": 96}, "given twice"),
         "tlv": ({"type": 5, "value": b"y"}, "given before")}
# The same change twice in a batch
AGAIN = {"new": errno.EEXIST, "set": None, "del": errno.ENOENT}
# What is named if it is missing, of what the request has
REQUIRED = {
    "new-service": {"name", "proto", "addr", "port", "accept-proxy"}, "new-backend": {"pool", "addr"},
    "set-backend": {"pool", "addr"}, "del-backend": {"pool", "addr"},
    "get-backend": {"pool", "addr"}, "get-rule": {"id"},
    "new-rule": {"service", "kind", "pattern", "pool"}, "del-rule": {"service", "kind", "pattern"},
    "get-flow": {"id"}, "del-flow": {*FLOW, *INNER}, "set-info": {"draining"}, "whoami": {"fd"},
    **{f"{do}-{what}": {"name"} for do in ("get", "set", "del") for what in ("service", "pool")},
    "new-pool": {"name"}, "flush-flows": {"pool", "backend-addr"},
    **{op: set() for op in ("get-stats", "reset-stats", "get-info")},
}
# Limits that the kernel checks by itself, and the specification has in words
FURTHER = {"backend": {"weight": {"max": 65535}}, "pool": {"persist": {"max": 604800}},
           "service": {"idle-timeout": {"max": 604800}},
           "info": {"max-flows": {"max": 2147483647},
                    "max-half-open-bytes": {"min": 65536, "max": (1 << 63) - 1}}}
# Refusals of no one attribute begin with
WHOLE = ("name a connection by its id, ",)
SETTINGS = ("max-flows", "max-half-open-bytes", "probe-mark", "probe-mask", "draining",
            "user-namespaces")
# Whose other end nobody needs to know
SOCKETS = [socket.socket() for _ in range(2)]
SOCKETS[0].bind(("127.0.0.1", 0))
SOCKETS[0].listen(1)
SOCKETS[1].connect(SOCKETS[0].getsockname())
GOOD["whoami"]["fd"] = SOCKETS[1].fileno()
BASE = [("new-service", {**SERVICE, "name": "base", "addr": "10.0.1.2"}),
        ("new-pool", {"name": "base"}), ("new-pool", {"name": "lone"}),
        ("new-pool", {"name": "around"}),
        ("new-backend", {"pool": "base", "addr": "10.0.2.1", "port": 80})]
POLICY = ("integer out of range", "reserved bit set", "Attribute failed policy validation", "invalid attribute length")
BAD = []


class Edges:
    """Asks, and puts back what was changed"""

    def __init__(self, s):
        self.s, self.n = s, 0
        self.info = {k: v for k, v in s.do("get-info").items()
                     if k in ("max-flows", "max-half-open-bytes")}
        self.want = None
        self.restore()

    def state(self):
        s, info = self.s, self.s.do("get-info")
        return [sorted(str({k: v for k, v in o.items() if k != "id"}) for o in s.dump(op))
                for op in ("get-service", "get-pool", "get-backend")] + \
            [info.get(k) for k in SETTINGS]

    def restore(self):
        s = self.s
        s.do("batch", [("set-pool", {"name": p["name"], "sorry": ""}) for p in s.dump("get-pool")] +
             [("del-service", {"name": x["name"], "force": True}) for x in s.dump("get-service")] +
             [("del-pool", {"name": p["name"], "force": True}) for p in s.dump("get-pool")] +
             BASE)
        # Either may have been set: of this namespace, or everywhere
        s.do("set-info", {"draining": 0})
        s.do("set-info", {**self.info, "probe-mark": 0, "probe-mask": 0, "draining": 0,
                          "user-namespaces": 0, "everywhere": True})
        self.want = self.want or self.state()

    def ask(self, op, body, where):
        """The refusal, None if there is none"""
        self.n += 1
        o = self.s.spec.ops[op]
        try:
            self.s.raw(o["number"], body)
        except Refused as e:
            if not e.text and e.miss_type is None:
                BAD.append(f"{where}: refused without a word: {e}")
            if e.at is None and e.miss_type is None and not e.text.startswith(WHOLE):
                BAD.append(f"{where}: refused for no attribute: {e}")
            return e
        if op.split("-")[0] in ("new", "set", "del"):
            self.restore()
        return None

    def outcome(self, op, attrs):
        """What a request does: the refusal, or the reply, and what there is then"""
        self.n += 1
        o = self.s.spec.ops[op]
        try:
            told = self.s.raw(o["number"], self.s.spec.encode(o["attribute-set"], attrs))
        except Refused as e:
            return e.errno, e.text, e.miss_type
        if op.split("-")[0] not in ("new", "set", "del"):
            return told
        state = self.state()
        self.restore()
        return state

    def listed(self, op, attrs, key):
        """What there is of a list after a request, or the words of its refusal"""
        self.n += 1
        try:
            self.s.do(op, attrs)
        except Refused as e:
            return e.text
        found = self.s.do(f"get-{op.split('-')[1]}", {"name": attrs["name"]}).get(key)
        self.restore()
        return found


def kinds(spec, a):
    """(what, nested?, value, is it good?, the limit that it is beyond or None) of an attribute"""
    checks, kind = a.get("checks", {}), a["type"]
    if kind in NUMBERS:
        size = struct.calcsize(NUMBERS[kind])
        top = (1 << 8 * size - (kind[0] == "s")) - 1
        most = len(spec.enums[a["enum"]]) - 1 if "enum" in a else checks.get("max", top)
        flags = a.get("enum") in spec.flags
        if flags:
            most = (2 << most) - 1
        least = checks.get("min", 0)
        limits = [("least", least, None), ("most", most, None)]
        limits += [("below", least - 1, least)] if least else []
        limits += [("above", most + 1, most), ("top", top, most)] if most < top else []
        # Of flags that it does not know the kernel says that they are, not which it knows.
        for what, n, limit in limits:
            yield what, False, struct.pack(NUMBERS[kind], n), limit is None, \
                None if flags else limit
        yield "short", False, bytes(size - 1), False, None
        yield "long", False, bytes(size + 1), False, None
    elif kind == "string":
        most = checks["max-len"]
        yield "most", False, b"x" * most + b"\0", True, None
        yield "above", False, b"x" * (most + 1) + b"\0", False, most
        yield "no end", False, b"x" * (most + 1), False, None
    elif kind == "flag":
        yield "long", False, b"\1", False, None
        return
    elif kind == "nest":
        yield "not nested", False, b"", False, None
        yield "cut", True, b"\5\0\1", False, None
        yield "unknown", True, attr(77, b""), False, None
        yield "number", True, attr(1, b"\1\2\3"), False, None
        return
    elif "exact-len" in checks:
        size = checks["exact-len"]
        yield "short", False, bytes(size - 1), False, size
        yield "long", False, bytes(size + 1), False, size
        yield "zero", False, bytes(size), True, None
    elif "max-len" in checks:
        most = checks["max-len"]
        yield "most", False, bytes(most), True, None
        yield "above", False, bytes(most + 1), False, most
    if kind != "string" and kind != "flag":
        yield "empty", False, b"", "max-len" in checks, None
    yield "nested", True, b"", False, None


def all_good():
    yield from GOOD.items()
    yield from VARIANTS


def complete(spec):
    """Nothing that the specification has is forgotten here"""
    for op, o in spec.ops.items():
        if "do" not in o or op == "batch":
            continue
        have = {k for name, attrs in all_good() if name == op for k in attrs}
        want = set(o["do"].get("request", {}).get("attributes", ()))
        for what, keys in (("nobody asks", want - have), ("it has not", have - want)):
            if keys:
                BAD.append(f"{op}: {what}: {' '.join(sorted(keys))}")
        if op not in REQUIRED:
            BAD.append(f"{op}: what it needs is not said")


def changes(spec):
    """What a batch may hold: pairs of an operation and all of its attributes that a batch takes"""
    for op, good in all_good():
        if op in spec.sets["batch"]:
            takes = spec.subsets[spec.sets["batch"][op]["nested-attributes"]]
            yield op, {k: v for k, v in good.items() if k in takes}


def other(spec, a, v):
    """A good value that is not this one, None if there is none"""
    was = spec.value(a, v)[1]
    return next((value for _, nested, value, good, _ in kinds(spec, a)
                 if good and not nested and value != was), None)


def twice(e, op, good):
    """Of an attribute that comes twice the last counts; of a list both do."""
    spec = e.s.spec
    attrs = spec.sets[spec.ops[op]["attribute-set"]]
    want = e.outcome(op, good)
    for key, v in good.items():
        first = other(spec, attrs[key], v)
        if first is None or attrs[key].get("multi-attr"):
            continue
        got = e.outcome(op, [(key, first)] + list(spec.pairs(good)))
        if got != want:
            BAD.append(f"{op}: {key} twice: the last does not count: got {got}, want {want}")


def lists(e, op, good):
    """Of a list each counts, in their order; in each of them the last of what comes twice."""
    spec = e.s.spec
    attrs = spec.sets[spec.ops[op]["attribute-set"]]
    for key, one in good.items():
        if not attrs[key].get("multi-attr") or e.listed(op, good, key) != [one]:
            continue
        another, why = LISTS[key]
        inner = spec.sets[attrs[key]["nested-attributes"]]
        tries = [([one, another],) * 2, ([another, one],) * 2, ([one, one], why or [one, one])]
        tries += [([[(k, other(spec, inner[k], v))] + list(one.items())], [one])
                  for k, v in one.items()]
        for given, want in tries:
            got = e.listed(op, {**good, key: given}, key)
            words = isinstance(got, str) and isinstance(want, str)
            if not (want in got if words else got == want):
                BAD.append(f"{op}: {key} given as {given}: got {got}, want {want}")


def again(e, op, body, once, start):
    """The same change twice in a batch: the second is what is refused, if any is"""
    if e.ask("batch", body + once + body, f"{op} in a batch"):
        return
    refusal = e.ask("batch", body + once + once + body, f"{op} twice in a batch")
    want = AGAIN[op.split("-")[0]]
    if (refusal and refusal.errno) != want:
        BAD.append(f"{op} twice in a batch: {refusal}")
    elif refusal and not start + len(once) <= (refusal.at or 0) < start + 2 * len(once):
        BAD.append(f"{op} twice in a batch: the second at fault is not at {refusal.at}")


def requests(spec, op, attrs):
    """(what, body, is it good?, number, limit) of requests that differ from a good one in one
    attribute. Good is None if it may be either."""
    name = spec.ops[op]["attribute-set"]
    for key, v in attrs.items():
        a = spec.sets[name][key]
        rest = {k: x for k, x in attrs.items() if k != key}
        once = spec.encode(name, {key: v})
        yield f"without {key}", spec.encode(name, rest), None, a["number"], None
        yield f"{key} twice", once + spec.encode(name, attrs), None, a["number"], None
        for what, nested, value, good, limit in kinds(spec, a):
            change = attr(a["number"] | (NESTED if nested else 0), value)
            yield f"{key} {what}", change + spec.encode(name, rest), good, a["number"], limit
    for what, change in (("an unknown attribute", attr(300, b"")), ("attribute 0", attr(0, b"")),
                         ("a long one", attr(0x3FFF, bytes(1000)))):
        yield what, change + spec.encode(name, attrs), False, None, None


def judge(where, e, good, number, limit, start):
    if good is False and not e:
        BAD.append(f"{where}: not refused")
    if good and e and any(p in e.text for p in POLICY):
        BAD.append(f"{where}: beyond limits: {e}")
    op, _, key = where.partition(": without ")
    if key:
        needed = key in REQUIRED[op.split()[0]]
        if needed != bool(e and e.miss_type == number):
            BAD.append(f"{where}: it is {'' if needed else 'not '}needed: {e}")
    if limit is not None and e and limit not in e.limits and \
            not re.search(rf"(?<![\w-]){limit}(?!\w)", e.text):
        BAD.append(f"{where}: {limit} is what would be good, and is not said: {e} {e.limits}")
    # The attribute that was changed came first.
    if good is False and e and number and e.at is not None and e.at < start:
        BAD.append(f"{where}: what is at fault is at {e.at}, not {start}")


def edges(s):
    spec, e = s.spec, Edges(s)
    complete(spec)
    for op, good in all_good():
        where = f"{op}: as it is"
        refusal = e.ask(op, spec.encode(spec.ops[op]["attribute-set"], good), where)
        twice(e, op, good)
        lists(e, op, good)
        if refusal and ((op, good) in VARIANTS or "rule" in op or
                        op in ("whoami", "del-flow", "get-flow")):
            refusal = None
        if refusal:
            BAD.append(f"{where}: {refusal}")
        for what, body, fine, number, limit in requests(spec, op, good):
            judge(f"{op}: {what}", e.ask(op, body, f"{op}: {what}"), fine, number, limit, 20)
        if e.state() != e.want:
            BAD.append(f"{op}: something has changed")
            e.restore()
    # The same in the middle of a batch that changes nothing
    for op, good in changes(spec):
        number = spec.sets["batch"][op]["number"]
        before = spec.encode("batch", [("set-pool", {"name": "around", "retries": 1}),
                                       ("dry-run", True)])
        again(e, op, before, spec.encode("batch", [(op, good)]), 20 + len(before))
        for what, body, fine, attr_number, limit in requests(spec, op, good):
            if len(body) > 65000:
                continue
            where = f"{op} in a batch: {what}"
            refusal = e.ask("batch", before + attr(number | NESTED, body) + before, where)
            judge(where, refusal, fine, attr_number, limit, 20 + len(before))
            at = refusal and (refusal.at if refusal.at is not None else refusal.miss_nest)
            if refusal and not 20 + len(before) <= (at or 0) < 24 + len(before) + len(body):
                BAD.append(f"{where}: the object at fault is not at {at}")
    if e.state() != e.want:
        BAD.append("batches: something has changed")
    return e.n


def mutated(rnd, body, depth=0):
    """Attributes with something wrong"""
    attrs = [(k, v) for k, v in raw_split(body)]
    for _ in range(rnd.choice((1, 1, 1, 2, 4))):
        what = rnd.randrange(9)
        at = rnd.randrange(len(attrs)) if attrs else 0
        if not attrs or what == 0:
            attrs.insert(at, (rnd.choice((rnd.randrange(40), rnd.randrange(0x10000))),
                              rnd.randbytes(rnd.choice((0, 1, 2, 4, 8, 16, 40)))))
        elif what == 1:
            del attrs[at]
        elif what == 2:
            attrs.insert(rnd.randrange(len(attrs)), attrs[at])
        elif what == 3:
            attrs[at] = (attrs[at][0] ^ rnd.choice((NESTED, 0x4000, 1, 2, 4)), attrs[at][1])
        elif what == 4 and attrs[at][1]:
            v = bytearray(attrs[at][1])
            v[rnd.randrange(len(v))] = rnd.choice((0, 1, 0x7F, 0x80, 0xFF, rnd.randrange(256)))
            attrs[at] = (attrs[at][0], bytes(v))
        elif what == 5:
            v = attrs[at][1]
            attrs[at] = (attrs[at][0], rnd.choice((v[:-1], v + b"\0", v + v, b"")))
        elif what == 6:
            rnd.shuffle(attrs)
        elif depth < 4 and attrs[at][0] & NESTED:
            attrs[at] = (attrs[at][0], mutated(rnd, attrs[at][1], depth + 1))
        elif depth < 4:
            attrs[at] = (attrs[at][0] | NESTED, attr(attrs[at][0] & 0x3FFF, attrs[at][1]))
    out = b"".join(attr(k & 0xFFFF, v[:60000]) for k, v in attrs)[:60000]
    if out and not rnd.randrange(16):  # a length that lies
        out = rnd.randbytes(2) + out[2:]
    if out and not rnd.randrange(32):
        out = out[:rnd.randrange(len(out))]
    return out


def raw_split(body):
    """As split(), with the flags of a number"""
    at = 0
    while at + 4 <= len(body):
        size, kind = struct.unpack_from("HH", body, at)
        if size < 4:
            return
        yield kind, body[at + 4:at + size]
        at += (size + 3) & ~3


class Live:
    """A connection by a service of its own, which requests for flows and whoami are about"""

    def __init__(self, s):
        self.s, self.n = s, 0
        self.server = socket.create_server(("10.0.1.2", 8080))
        self.server.settimeout(10)
        self.ends = []
        self.ear = Sluice(s.spec)
        for group in s.groups:
            self.ear.join(group)

    def renew(self):
        for end in self.ends:
            end.close()
        self.n += 1
        client = ("203.0.113.7", 1024 + self.n % 60000)
        self.s.do("new-service", {"name": "live", "proto": 6, "addr": "10.0.1.2", "port": 8080,
                                  "accept-proxy": "tcp", "trust": SERVICE["trust"]})
        sock = socket.create_connection(("10.0.1.2", 8080), 10, ("10.0.1.9", 0))
        sock.sendall(pplib.v2(client, ("10.0.1.2", 443), [(2, b"www.example.org")]))
        conn, peer = self.server.accept()
        if peer != client:
            BAD.append(f"connection {self.n}: {peer}, not {client}")
        self.ends = [sock, conn]
        os.dup2(conn.fileno(), SOCKETS[1].fileno())
        flow = self.s.dump("get-flow", {"client-addr": client[0], "client-port": client[1]})[0]
        GOOD["get-flow"] = {k: flow[k] for k in ("id", "client-addr", "client-port", "service")}
        GOOD["del-flow"] = {k: flow[k] for k in FLOW}
        if self.s.do("whoami", GOOD["whoami"])["client-port"] != client[1]:
            BAD.append(f"connection {self.n}: whoami tells of another")
        try:
            self.ear.events(1 << 30, 0)
        except OSError as e:
            if e.errno != errno.ENOBUFS:
                raise


def mutate(s, count, seed):
    rnd, spec, e, live = random.Random(seed), s.spec, Edges(s), Live(s)
    nests = list(changes(spec))
    for i in range(count):
        if not i % 200:
            e.restore()
            live.renew()
        if rnd.randrange(3):
            op = rnd.choice(list(GOOD))
            number = spec.ops[op]["number"]
            body = spec.encode(spec.ops[op]["attribute-set"], GOOD[op])
        else:
            number = spec.ops["batch"]["number"]
            body = spec.encode("batch", rnd.sample(nests, rnd.randrange(1, 5)) +
                               ([("dry-run", True)] if rnd.randrange(2) else []))
        try:
            s.raw(number, mutated(rnd, body), REQUEST | ACK | (0 if rnd.randrange(8) else DUMP))
        except Refused:
            pass
    e.restore()
    if e.state() != e.want:
        BAD.append("what was there before cannot be put back")
    return count


def main():
    s = Sluice()
    for name, attrs in FURTHER.items():
        for key, checks in attrs.items():
            a = s.spec.sets[name][key]
            a["checks"] = {**a.get("checks", {}), **checks}
    if sys.argv[1] == "edges":
        n = edges(s)
    else:
        n = mutate(s, int(sys.argv[2]), int((sys.argv + ["1"])[3]))
    for line in BAD[:40]:
        print(line)
    print("done" if not BAD else f"{len(BAD)} wrong,", n)


main()
