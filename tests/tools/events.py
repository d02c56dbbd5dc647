#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What who listens is promised, case by case. In a namespace with the module:

events.py config           each event is what get says, and what happened
events.py race N           N changes by each of three at once: events add up to what there is
events.py lost             who does not keep up is told, it is counted, and nobody waits
events.py flow SECONDS     prints events of connections until there are none for so long; each is
                           to be told of once, and its end once and later
events.py deaf GROUP FILE  joins, and reads nothing until there is a FILE
events.py heard FILE       counts events of connections until there is a FILE and no more come
events.py faults           each allocation of a change fails once: each event comes, or its loss
                           is told and counted (needs a kernel with fault injection)
events.py unmade           the same while each larger allocation of this thread fails

Prints what is not as it should be; fails if anything is.
"""
import errno
import os
import random
import socket
import sys
import threading
import time

import pplib
from control import BAD, refused, same, service, state
from slnl import FailNth, Refused, Sluice

REMOVED = ("removed", "ended")


def listener(s, *groups, room=16 << 20):
    """A socket that has joined, with room for so many bytes"""
    ear = Sluice(s.spec)
    ear.sock.setsockopt(1, 33, room)  # SO_RCVBUFFORCE
    ear.sock.setsockopt(270, 4, 1)  # NETLINK_BROADCAST_ERROR: what is lost is to be counted
    for group in groups:
        ear.join(group)
    return ear


def lost_so_far(s):
    return next(c["value"] for c in s.do("get-stats")["counter"] if c["id"] == "events-lost")


def config(s):
    ear, health = listener(s, "config"), listener(s, "health")
    key = {"pool": "p", "addr": "10.0.2.1", "port": 80}

    def heard(what, *want):
        same(what, [(n, a.pop("event"), a) for n, a in ear.events(len(want))], list(want))
        same(what + ": more", ear.events(1, 0.1), [])

    def healthy(what, *want):
        same(what, [(n, a.pop("event"), a) for n, a in health.events(len(want))], list(want))
        same(what + ": more", health.events(1, 0.1), [])

    s.do("new-service", service("ev", 6200, ports=[{"port": 6201}], **{"user-data": b"u"}))
    heard("a service", ("service-event", "added", s.do("get-service", {"name": "ev"})))
    s.do("set-service", {"name": "ev", "mark": 7})
    last = s.do("get-service", {"name": "ev"})
    heard("a change", ("service-event", "changed", last))
    s.do("del-service", {"name": "ev"})
    heard("an end", ("service-event", "removed", last))
    s.do("batch", [("new-pool", {"name": "p", "user-data": b"u"}), ("new-backend", key)])
    pool, one = s.do("get-pool", {"name": "p"}), s.do("get-backend", key)
    heard("a batch", ("pool-event", "added", pool), ("backend-event", "added", one))
    healthy("nothing of health")
    s.do("set-backend", {**key, "health": "down"})
    one = s.do("get-backend", key)
    heard("no change of the configuration")
    healthy("health", ("health-event", "changed", one))
    s.do("set-backend", {**key, "weight": 5, "health": "up"})
    one = s.do("get-backend", key)
    heard("weight", ("backend-event", "changed", one))
    healthy("both", ("health-event", "changed", one))
    s.do("set-backend", {**key, "weight": 5, "health": "up"})
    heard("nothing new")
    s.do("new-backend", {**key, "port": 81})
    two = s.do("get-backend", {**key, "port": 81})
    heard("another", ("backend-event", "added", two))
    s.do("set-pool", {"name": "p", "retries": 9})
    pool = s.do("get-pool", {"name": "p"})
    heard("the pool", ("pool-event", "changed", pool))
    s.do("batch", [("set-backend", {**key, "weight": 1}), ("dry-run", True)])
    heard("a dry run")
    refused(s, "none", "batch", [("del-backend", key), ("del-pool", {"name": "no"})], errno.ENOENT)
    heard("what failed")
    s.do("batch", [("del-backend", {**key, "port": 81}), ("del-pool", {"name": "p", "force": True}),
                   ("new-pool", {"name": "p"}), ("new-pool", {"name": "q"}),
                   ("del-pool", {"name": "q"})])
    new = s.do("get-pool", {"name": "p"})
    heard("a pool made anew", ("backend-event", "removed", one), ("backend-event", "removed", two),
          ("pool-event", "removed", pool), ("pool-event", "added", new))
    s.do("del-pool", {"name": "p"})
    heard("that goes", ("pool-event", "removed", new))
    healthy("no more of health")
    limits = s.do("get-info")
    s.do("batch", [("set-info", {"max-flows": 7}), ("new-pool", {"name": "p"})])
    heard("a batch with limits", ("pool-event", "added", s.do("get-pool", {"name": "p"})),
          ("info-event", "changed", s.do("get-info")))
    s.do("set-info", {"max-flows": 7, "draining": 0})
    heard("no other limits")
    s.do("set-info", {"max-flows": limits["max-flows"]})
    heard("limits", ("info-event", "changed", s.do("get-info")))
    s.do("del-pool", {"name": "p"})
    ear.events()
    # More than fits into one buffer
    n = 1000
    s.do("batch", [("new-pool", {"name": f"p{i}", "user-data": b"u" * 500}) for i in range(n)])
    same("many", [a["name"] for _, a in ear.events(n)], [f"p{i}" for i in range(n)])
    s.do("batch", [("del-pool", {"name": f"p{i}"}) for i in range(n)])


KEYS = {"service-event": ("get-service", ("name",)), "pool-event": ("get-pool", ("name",)),
        "backend-event": ("get-backend", ("pool", "addr", "port")),
        "health-event": ("get-backend", ("pool", "addr", "port"))}


def change(rnd):
    """A change that may well be refused"""
    i = rnd.randrange(4)
    pool = {"name": f"p{i}"}
    backend = {"pool": f"p{i}", "addr": f"10.0.2.{rnd.randrange(4)}", "port": 80}
    return rnd.choice((
        ("new-pool", pool), ("new-pool", pool), ("set-pool", {**pool, "retries": rnd.randrange(9)}),
        ("del-pool", {**pool, "force": True}), ("new-backend", backend), ("new-backend", backend),
        ("set-backend", {**backend, "weight": rnd.randrange(3), "health": rnd.choice(("up", "down"))}),
        ("del-backend", backend), ("new-service", service(f"s{i}", 6300 + i)),
        ("set-service", {"name": f"s{i}", "mark": rnd.randrange(9)}),
        ("del-service", {"name": f"s{i}", "force": True})))


def race(s, count):
    ear = listener(s, "config", "health", room=64 << 20)
    done = [0, 0, 0]

    def work(me):
        mine, rnd = Sluice(s.spec), random.Random(me)
        for _ in range(int(count)):
            try:
                mine.do("batch", [change(rnd) for _ in range(rnd.choice((1, 1, 2, 5)))])
                done[me] += 1
            except Refused:
                pass

    threads = [threading.Thread(target=work, args=(me,)) for me in range(len(done))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    same("each has changed something", min(done) > 0, True)
    there, n = {}, 0
    for name, a in ear.events(1 << 30, 0.5):
        op, words = KEYS[name]
        key = (op, *(a[w] for w in words))
        event = a.pop("event")
        n += 1
        if (event == "added") == (key in there):
            BAD.append(f"{key} is {event}, but was {there.get(key)}")
        there[key] = a
        if event in REMOVED:
            del there[key]
    for op, words in set(KEYS.values()):
        found = {(op, *(a[w] for w in words)): a for a in s.dump(op)}
        told = {k: v for k, v in there.items() if k[0] == op}
        for o in [*found.values(), *told.values()]:
            # a pool is not told of again for its backends
            o.pop("backends", None)
            o.pop("up", None)
        same(f"{op}: what was told", told, found)
    s.do("batch", [("del-service", {"name": x["name"]}) for x in s.dump("get-service")] +
         [("del-pool", {"name": x["name"], "force": True}) for x in s.dump("get-pool")])
    print(f"{sum(done)} changes, {n} events")


def lost(s):
    ear = listener(s, "config", room=4096)
    before = lost_so_far(s)
    names = [{"name": f"p{i}"} for i in range(100)]
    s.do("batch", [("new-pool", {**p, "user-data": b"u" * 4000}) for p in names])
    s.do("batch", [("del-pool", p) for p in names])
    told(ear)
    same("counted", 100 < lost_so_far(s) - before <= 200, True)


def told(ear):
    try:
        while ear.events(1, 1):
            pass
        BAD.append("nobody says that something was lost")
    except OSError as e:
        same("told", e.errno, errno.ENOBUFS)


def flow(s, seconds):
    ear = listener(s, "flow")
    alive, over = set(), set()
    print("ready", flush=True)
    while True:
        got = ear.events(1, float(seconds))
        if not got:
            break
        for _, a in got:
            i = a["id"]
            if (a["event"] == "added") == (i in alive) or i in over:
                BAD.append(f"flow {i}: {a['event']}, of {len(over)} that are over")
            (alive.add if a["event"] == "added" else over.add)(i)
            alive -= over
            age = time.time() - a["time"] / 1e9
            print(a["event"], a["state"], a["service"], f"{a['client-addr']}:{a['client-port']}",
                  f"{a.get('header-addr')}:{a.get('header-port')}", f"v{a['version']}",
                  f"packets {a['packets-in']} {a['packets-out']}", abs(age) < 60, flush=True)
    print(f"over {len(over)} alive {len(alive)}", flush=True)


def deaf(s, group, file):
    ear = listener(s, group, room=4096)
    print("ready", flush=True)
    while not os.path.exists(file):
        time.sleep(0.1)
    told(ear)
    print("woken", flush=True)


def heard(s, file):
    ear = listener(s, "flow")
    print("ready", flush=True)
    n, told_so = 0, False
    while True:
        last = os.path.exists(file)
        try:
            got = len(ear.events(1, 0.2))
        except OSError as e:
            if e.errno != errno.ENOBUFS:
                raise
            told_so = True
            continue
        n += got
        if last and not got:
            break
    print("heard", n, "and of a loss" if told_so else "", flush=True)


class Faults:
    """Allocations that fail, and somebody who listens"""

    def __init__(self, s):
        self.s, self.nth, self.n = s, FailNth(), 0
        # What the first gets the second gets a copy of.
        self.ears = [listener(s, "config", "health", "flow") for _ in range(2)]

    def drain(self):
        return [self.drained(ear) for ear in self.ears]

    @staticmethod
    def drained(ear):
        """How many events have come, and was it told that some have not?"""
        told_so = False
        while True:
            try:
                return len(ear.events(1 << 30, 0)), told_so
            except OSError as e:
                if e.errno != errno.ENOBUFS:
                    raise
                told_so = True

    def answer(self, where):
        """Was it done? None if there was no memory to say so"""
        try:
            self.s.hear()
        except Refused as e:
            same(where, e.errno, errno.ENOMEM)
            return False
        except OSError as e:
            same(where, e.errno, errno.ENOBUFS)
            return None
        return True

    def ask(self, n, op, attrs, look, count):
        """The n-th allocation of a request that has so many events fails. Has LOOK changed, and
        was there such an allocation?"""
        where = f"{op}, allocation {n}"
        o = self.s.spec.ops[op]
        body = self.s.spec.encode(o["attribute-set"], attrs)
        self.drain()
        lost_before, before = lost_so_far(self.s), look()
        sent = True
        self.nth.arm(n)
        try:
            self.s.send(o["number"], body)
        except OSError:
            sent = False
        hit = self.nth.disarm()
        done = self.answer(where) if sent else False
        changed = look() != before
        heard_all = self.drain()
        gone = lost_so_far(self.s) - lost_before
        same(where + ": has happened", changed, changed if done is None else done)
        for got, told_so in heard_all:
            same(where + ": heard or lost", got + (gone if told_so else 0), count if changed else 0)
        same(where + ": told of a loss", any(t for _, t in heard_all), gone > 0)
        self.n += hit
        return changed, hit

    def each(self, changes, back, count):
        """Each of a batch's allocations; BACK undoes it"""
        for n in range(1, 1000):
            changed, hit = self.ask(n, "batch", changes, lambda: state(self.s), count)
            if changed:
                self.s.do("batch", back)
            if not hit:
                return
        BAD.append("allocations without end")

    def who(self, conn):
        """The client is told, or that there was no memory for it"""
        o = self.s.spec.ops["whoami"]
        key = {"fd": conn.fileno()}
        body = self.s.spec.encode(o["attribute-set"], key)
        good = self.s.do("whoami", key)
        hit, n = True, 0
        while hit and n < 100:
            n += 1
            where = f"whoami, allocation {n}"
            self.nth.arm(n)
            try:
                self.s.send(o["number"], body)
                sent = True
            except OSError:
                sent = False
            hit = self.nth.disarm()
            self.n += hit
            try:
                got = self.s.hear() if sent else []
                if got:
                    same(where, self.s.spec.decode(o["attribute-set"], got[0][4:]), good)
            except Refused as e:
                same(where, e.errno, errno.ENOMEM)
            except OSError as e:
                same(where, e.errno, errno.ENOBUFS)
        same("whoami: allocations that failed, and an end of them", (n > 2, hit), (True, False))

    def cut(self):
        """Connections are ended. Each can be but once."""
        self.s.do("new-service", service("cut", 6400))
        lsock = socket.create_server(("10.0.1.2", 6400))
        hit, n = True, 0
        while hit and n < 100:
            n += 1
            key = {"client-addr": "203.0.113.7", "client-port": 1024 + n}
            with socket.create_connection(("10.0.1.2", 6400), 10, ("10.0.1.9", 0)) as sock:
                sock.sendall(pplib.v2(("203.0.113.7", 1024 + n), ("10.0.1.2", 443)))
                with lsock.accept()[0] as conn:
                    if n == 1:
                        self.who(conn)
                    number = self.s.dump("get-flow", key)[0]["id"]
                    _, hit = self.ask(n, "del-flow", {"id": number}, lambda: [
                        f["id"] for f in self.s.dump("get-flow", key)
                        if f["state"] == "established"], 1)
        same("allocations end", hit, False)
        self.s.do("del-service", {"name": "cut", "force": True})


def faults(s):
    f = Faults(s)
    pools = [{"name": f"p{i}", "user-data": b"u" * 4000} for i in range(6)]
    key = {"pool": "p0", "addr": "10.0.2.1", "port": 80}
    most = s.do("get-info")["max-flows"]
    make = [("new-pool", p) for p in pools] + \
        [("new-backend", key), ("new-service", service("s", 6300)), ("set-info", {"max-flows": 7})]
    undo = [("del-pool", {"name": p["name"], "force": True}) for p in pools] + \
        [("del-service", {"name": "s"}), ("set-info", {"max-flows": most})]
    f.each(make, undo, len(make))
    s.do("batch", make)
    f.each([("set-backend", {**key, "weight": 5, "health": "up"})],
           [("set-backend", {**key, "weight": 1, "health": "down"})], 2)
    f.each(undo, make, len(make))
    s.do("batch", undo)
    f.cut()
    print(f"{f.n} allocations have failed, {lost_so_far(s)} events were lost")
    same("events were lost", lost_so_far(s) > 0, True)


def unmade(s):
    """Buffers for events and replies are large, and cannot be had; requests are small"""
    ear = listener(s, "config", "health")
    key = {"pool": "p", "addr": "10.0.2.1", "port": 80}
    s.do("new-pool", {"name": "p"})
    s.do("new-backend", key)
    with open("/proc/thread-self/make-it-fail", "w", encoding="ascii", buffering=1) as fail:
        for what, op, attrs, events in (
                ("a service", "new-service", service("u", 6500), 1),
                ("its end", "del-service", {"name": "u"}, 1),
                ("a backend", "set-backend", {**key, "weight": 3, "health": "up"}, 2),
                ("limits", "set-info", {"max-flows": 7}, 1),
                ("a batch", "batch", [("del-pool", {"name": "p", "force": True})], 0)):
            Faults.drained(ear)
            before, lost_before = state(s), lost_so_far(s)
            error = None
            fail.write("1\n")
            try:
                s.do(op, attrs)
            except Refused as e:
                error = e.errno
            fail.write("0\n")
            # Who could not be answered has changed nothing.
            same(what + ": refused", error, None if events else errno.ENOMEM)
            same(what + ": has happened", state(s) != before, events > 0)
            same(what + ": lost", lost_so_far(s) - lost_before, events)
            same(what + ": heard, and told of a loss", Faults.drained(ear), (0, events > 0))


def main():
    cases = {f.__name__: f for f in (config, race, lost, flow, deaf, heard, faults,
                                       unmade)}
    cases[sys.argv[1]](Sluice(), *sys.argv[2:])
    for line in BAD[:20]:
        print(line)
    sys.exit(bool(BAD))


main()
