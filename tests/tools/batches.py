#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What programs are promised of changes that are made together, and of listings that changes come
between, case by case.

batches.py CASE [ARGUMENT...]: prints what is not as it should be; fails if anything is
"""
import errno
import os
import time

from control import BAD, LIMITS, main, refused, same, service, state
from slnl import Sluice

GOOD = [
    ("new-pool", {"name": "p1", "scheduler": "wrr"}),
    ("new-backend", {"pool": "p1", "addr": "10.0.2.1", "port": 80}),
    ("new-backend", {"pool": "p1", "addr": "10.0.2.2", "port": 80}),
    ("set-backend", {"pool": "p1", "addr": "10.0.2.1", "port": 80, "weight": 9}),
    ("new-pool", {"name": "p2", "sorry": "p1"}),
    ("new-service", service("b1", 6001, ports=[{"port": 6002}])),
    ("new-service", service("b2", 6003)),
    ("set-service", {"name": "old", "mark": 5}),
    # Of pools that others see, one of each: the first edit of a pool is what makes it the batch's.
    ("new-backend", {"pool": "oldpool", "addr": "10.0.2.3"}),
    ("set-backend", {"pool": "busypool", "addr": "10.0.2.9", "weight": 2}),
    ("del-backend", {"pool": "gonepool", "addr": "10.0.2.9"}),
    ("set-pool", {"name": "oldpool", "retries": 7}),
    ("del-service", {"name": "b2"}),
    ("new-service", service("b2", 6004)),
    ("del-backend", {"pool": "p1", "addr": "10.0.2.2", "port": 80}),
    ("del-service", {"name": "gone"}),
    ("del-pool", {"name": "gonepool"}),
    ("set-info", {"max-flows": 5000, "user-namespaces": 1}),
    ("set-info", {"max-half-open-bytes": 1 << 20}),
]
# Each change, its errno, and the attribute it lacks or None
FAILING = [
    ("new-service", service("old", 6100), errno.EEXIST, None),
    ("new-service", service("f", 8080), errno.EADDRINUSE, None),
    ("new-service", {**service("f", 6100), "trust": []}, errno.EINVAL, None),
    ("new-service", {**service("f", 6100), "trust": [{"addr": "10.0.0.0"}]}, errno.EINVAL, 2),
    ("new-service", service("f", 6100, pool="p"), errno.ENOENT, None),
    ("new-service", {**service("f", 6100, pool="oldpool"), "to-addr": "10.0.1.2"}, errno.EINVAL, None),
    ("new-service", service("f", 6100, force=True), errno.EINVAL, None),
    ("new-service", {"name": "f"}, errno.EINVAL, 3),
    ("new-service", {}, errno.EINVAL, 1),
    ("new-service", {"name": b""}, errno.EINVAL, None),
    ("set-service", {"name": "no"}, errno.ENOENT, None),
    ("set-service", {"mark": 1}, errno.EINVAL, 1),
    ("set-service", {"name": "old", "port": 5, "ports": [{"port": 5}]}, errno.EINVAL, None),
    ("del-service", {"name": "no"}, errno.ENOENT, None),
    ("del-service", {"name": "old", "mark": 1}, errno.EINVAL, None),
    ("new-pool", {"name": "oldpool"}, errno.EEXIST, None),
    ("new-pool", {"name": "f", "scheduler": "best"}, errno.EINVAL, None),
    ("new-pool", {"name": "f", "tlv": [{"value": b"1"}]}, errno.EINVAL, 1),
    ("set-pool", {"name": "oldpool", "sorry": "oldpool"}, errno.ELOOP, None),
    ("set-pool", {}, errno.EINVAL, 1),
    ("del-pool", {"name": "busypool"}, errno.EBUSY, None),
    ("new-backend", {"pool": "oldpool"}, errno.EINVAL, 2),
    ("new-backend", {"pool": "busypool", "addr": "10.0.2.9"}, errno.EEXIST, None),
    ("set-backend", {"pool": "busypool", "addr": "10.0.2.9", "weight": 70000}, errno.ERANGE, None),
    ("del-backend", {"pool": "busypool", "addr": "10.0.2.8"}, errno.ENOENT, None),
    ("new-rule", {"service": "old", "kind": "sni", "pattern": "*", "pool": "oldpool"},
     errno.EOPNOTSUPP, None),
    ("new-rule", {"service": "old", "kind": "sni", "pool": "oldpool"}, errno.EINVAL, 4),
    ("del-rule", {"service": "old", "kind": "sni", "pattern": "*"}, errno.ENOENT, None),
    ("set-info", {"max-flows": 1 << 31}, errno.ERANGE, None),
    ("set-info", {"max-flows": 4000, "max-half-open-bytes": 65535}, errno.ERANGE, None),
    ("set-info", {"draining": 1}, errno.EINVAL, None),
]


def base(s):
    s.do("new-service", service("old", 8080))
    s.do("new-service", service("gone", 8081))
    for name in ("oldpool", "gonepool", "busypool"):
        s.do("new-pool", {"name": name})
    for name in ("busypool", "gonepool"):
        s.do("new-backend", {"pool": name, "addr": "10.0.2.9"})


def batch(s):
    """All of it or nothing, whatever fails, wherever it stands"""
    base(s)
    before = state(s)
    for op, attrs, number, lacks in FAILING:
        # At the end GOOD has taken away what some fail for.
        for at in list(range(len(GOOD))):
            changes = GOOD[:at] + [(op, attrs)] + GOOD[at:]
            what = f"{op} {attrs} as number {at}"
            e = refused(s, what, "batch", changes, number)
            if not e:
                return
            same(what + ": lacks", e.miss_type, lacks)
            where = e.at if lacks is None else e.miss_nest
            if where is None:
                BAD.append(what + ": nothing says where")
            else:
                same(what + ": object", s.object_at(changes, where), at)
        same(f"after {op} {attrs}", state(s), before)
    got = s.do("batch", GOOD + [("dry-run", True)])
    same("a dry run", (got, state(s)), ({"generation": before[3], "count": len(GOOD)}, before))
    e = refused(s, "another generation", "batch", GOOD + [("generation", before[3] - 1)],
                errno.ESTALE, "has changed")
    same("after that", state(s), before)
    got = s.do("batch", [("generation", before[3])] + GOOD)
    same("this one", got, {"generation": before[3] + 1, "count": len(GOOD)})
    services, pools_, backends_, _, limits_ = state(s)
    same("services", sorted(x["name"] for x in services), ["b1", "b2", "old"])
    same("set", [x.get("mark") for x in services if x["name"] == "old"], [5])
    same("pools", sorted(x["name"] for x in pools_), ["busypool", "oldpool", "p1", "p2"])
    same("backends", sorted((x["pool"], x["addr"], x["weight"]) for x in backends_),
         [("busypool", "10.0.2.9", 2), ("oldpool", "10.0.2.3", 1), ("p1", "10.0.2.1", 9)])
    same("retries", [x["retries"] for x in pools_ if x["name"] == "oldpool"], [7])
    same("limits", limits_, {"max-flows": 5000, "max-half-open-bytes": 1 << 20,
                                     "user-namespaces": 1})
    same("nothing", s.do("batch"), {"generation": before[3] + 1, "count": 0})
    s.do("batch", [("del-service", {"name": n}) for n in ("b1", "b2", "old")] +
         [("del-pool", {"name": n, "force": True}) for n in ("p2", "p1", "oldpool", "busypool")] +
         [("set-info", before[4])])
    same("limits back", state(s)[4], before[4])
    same("empty", state(s)[:3], ([], [], []))


def generations(s):
    """Limits are of a generation too: who has seen others changes nothing"""
    before = s.do("get-info")
    last = before["generation"]
    pool = ("new-pool", {"name": "late"})
    for change in ({"max-flows": 5000}, {"max-half-open-bytes": 1 << 20}, {"user-namespaces": 1},
                   {k: before[k] for k in LIMITS if k in before}):
        s.do("set-info", change)
        same(f"{change} makes one", s.do("get-info")["generation"], last + 1)
        s.do("set-info", change)
        same("but once", s.do("get-info")["generation"], last + 1)
        refused(s, f"a batch from before {change}", "batch", [("generation", last), pool],
                errno.ESTALE, "has changed")
        last += 1
    for change in ({"draining": 1}, {"draining": 0}):
        s.do("set-info", change)
    refused(s, "too many", "set-info", {"max-half-open-bytes": 1 << 20, "max-flows": 1 << 31},
            errno.ERANGE)
    same("draining is no limit, nor is what is refused",
         s.do("batch", [("generation", last), ("set-info", {"max-flows": 7}), pool]),
         {"generation": last + 1, "count": 2})
    s.do("set-info", {"max-flows": before["max-flows"]})
    s.do("del-pool", pool[1])


def big(s, n, m):
    """N services and N pools of M backends, made, listed, removed"""
    n, m = int(n), int(m)
    changes = [("new-pool", {"name": f"p{i}"}) for i in range(n)]
    changes += [("new-backend", {"pool": f"p{i}", "addr": f"10.9.{i >> 8}.{i & 255}", "port": 1 + j})
                for i in range(n) for j in range(m)]
    changes += [("new-service", service(f"s{i}", 1024 + i)) for i in range(n)]
    body = s.spec.encode("batch", changes)
    start = time.monotonic()
    s.raw(s.spec.ops["batch"]["number"], body)
    made = time.monotonic()
    got = [s.dump("get-service"), s.dump("get-pool"), s.dump("get-backend")]
    same("listed", [len(x) for x in got], [n, n, n * m])
    same("in order", [x["name"] for x in got[0]], [f"s{i}" for i in range(n)])
    same("of each pool", {x["backends"] for x in got[1]}, {m})
    body = s.spec.encode("batch", [("del-service", {"name": f"s{i}"}) for i in range(n)] +
                         [("del-pool", {"name": f"p{i}", "force": True}) for i in range(n)])
    end = time.monotonic()
    s.raw(s.spec.ops["batch"]["number"], body)
    print(f"# {len(changes)} objects made in {made - start:.3f} s, "
          f"removed in {time.monotonic() - end:.3f} s")
    same("left", state(s)[:3], ([], [], []))


def limits(s):
    """As many as there may be, and one more"""
    def fill(what, changes, more, words):
        s.raw(s.spec.ops["batch"]["number"], s.spec.encode("batch", changes))
        refused(s, what, more[0], more[1], errno.ENOSPC, words)
        e = refused(s, what + " in a batch", "batch", [more], errno.ENOSPC, words)
        same(what + ": where", e and e.at, 20)

    fill("services", [("new-service", service(f"s{i}", 1 + i)) for i in range(1024)],
         ("new-service", service("more", 2000)), "no more than 1024 services")
    fill("pools", [("new-pool", {"name": f"p{i}"}) for i in range(4096)],
         ("new-pool", {"name": "more"}), "no more than 4096 pools")
    fill("backends", [("new-backend", {"pool": "p1", "addr": f"10.9.{i >> 8}.{i & 255}"})
                      for i in range(16384)],
         ("new-backend", {"pool": "p2", "addr": "10.9.0.1"}), "no more than 16384 backends")
    same("listed", len(s.dump("get-backend", {"pool": "p1"})), 16384)
    s.raw(s.spec.ops["batch"]["number"], s.spec.encode(
        "batch", [("del-pool", {"name": f"p{i}", "force": True}) for i in range(4096)] +
        [("del-service", {"name": f"s{i}"}) for i in range(1024)]))
    same("left", state(s)[:3], ([], [], []))


def interrupted(s):
    """A dump that something came between says so, and misses nothing that stays"""
    fat = {"user-data": b"u" * 1000}

    def port_of(record):
        return f"x{record['port']}"

    def backend(i):
        return {"pool": "one" if i < 400 else "two", "addr": "10.9.0.1", "port": i}

    def serve(i):
        return service(f"x{i}", 1000 + i, **fat)

    def pool(i):
        return {"name": f"x{i}", **fat}

    for dump, what, made, name in (
            ("get-pool", "pool", pool, lambda r: r["name"]),
            ("get-service", "service", serve, lambda r: r["name"]),
            ("get-stats", "service", serve, lambda r: r["service"]),
            ("get-backend", "backend", backend, port_of)):
        key = ("pool", "addr", "port") if what == "backend" else ("name",)
        s.do("batch", ([("new-pool", {"name": n}) for n in ("one", "two")]
                       if what == "backend" else []) + [(f"new-{what}", made(i))
                                                        for i in range(1, 801)])
        interrupt(s, dump, name, {f"x{i}" for i in range(1, 801)},
                  [(f"del-{what}", {k: made(i)[k] for k in key}) for i in (800, 3)] +
                  [(f"new-{what}", made(801))])
        if what == "backend":
            # The pool that the listing is in, and its cursor with it
            interrupt(s, dump, name, {f"x{i}" for i in range(1, 802)} - {"x3", "x800"},
                      [("del-pool", {"name": "one", "force": True})])
            s.do("del-pool", {"name": "two", "force": True})
        else:
            s.do("batch", [(f"del-{what}", {"name": f"x{i}"})
                           for i in range(1, 802) if i not in (3, 800)])
        same(dump + ": left", s.dump(dump), [])


def interrupt(s, dump, name, there, changes):
    """A listing of what is there, which these changes come between"""
    other = Sluice(s.spec)
    op = s.spec.ops[dump]

    def names():
        found = [name(s.spec.decode(op["attribute-set"], m[4:])) for m in s.hear()]
        same(dump + ": none twice", len(found), len(set(found)))
        return set(found)

    s.interrupted = False
    s.send(op["number"], b"", 0x305)
    before = names()
    same(dump + ": undisturbed", (s.interrupted, before ^ there), (False, set()))
    s.send(op["number"], b"", 0x305)
    for change in changes:
        other.do(*change)
    seen = names()
    same(dump + ": marked", s.interrupted, True)
    s.send(op["number"], b"", 0x305)
    s.interrupted = False
    after = names()
    same(dump + ": none missed", (before & after) - seen, set())
    same(dump + ": changed", before != after, True)


def swap(s, stop):
    """Two services are given each other's mark, in one step, over and over, until there is a file
    STOP"""
    number = s.spec.ops["batch"]["number"]
    one, two = (s.spec.encode("batch", [("set-service", {"name": "one", "mark": a}),
                                        ("set-service", {"name": "two", "mark": 3 - a})])
                for a in (1, 2))
    print("begun", flush=True)
    n = 0
    while not os.path.exists(stop):
        s.raw(number, one)
        s.raw(number, two)
        n += 2
        if n % 64 == 0:
            # Where work takes no time, nobody else comes to run before this one rests.
            time.sleep(0.01)
    print(n)


if __name__ == "__main__":
    main((batch, generations, big, limits, interrupted, swap))
