#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the owner of a user namespace may do in a network namespace of his own.

userns.py SLUICE refused|allowed
userns.py SLUICE silent DIR    listens while that is allowed, until there is a file DIR/off and it
                               no longer is, and after DIR/on, when it is again

Prints what is not as it should be; fails if anything is.
"""
import errno
import os
import socket
import subprocess
import sys
import threading
import time

import pplib
from slnl import Refused, Sluice

ADDR, PORT = "10.9.0.1", 8080
SERVICE = {"name": "own", "proto": 6, "addr": ADDR, "port": PORT, "accept-proxy": "tcp",
           "trust": {"addr": "::", "plen": 0}}
BAD = []


def run(*words):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    return done.returncode, done.stdout


def refusal(s, op, attrs=()):
    """Its errno, 0 if there is none"""
    try:
        s.do(op, attrs)
    except Refused as e:
        return e.errno
    return 0


def same(what, got, want):
    if got != want:
        BAD.append(f"{what}: got {got!r}, want {want!r}")


def refused(s, sluice):
    for op in s.spec.ops.values():
        if "do" not in op or op["name"] == "whoami":
            continue
        for flags in (5, 0x305) if "dump" in op else (5,):
            try:
                s.raw(op["number"], b"", flags)
                BAD.append(f"{op['name']} is allowed")
            except Refused as e:
                same(op["name"], e.errno, errno.EPERM)
    same("the tool", run(sluice, "service", "show")[0], 3)


def connection(port=5001):
    """One by the service, over lo: what the application sees"""
    lsock = socket.create_server((ADDR, PORT))
    seen = []

    def accept():
        conn, peer = lsock.accept()
        conn.send(b"x")
        seen.append(peer)
        conn.recv(1)

    thread = threading.Thread(target=accept)
    thread.start()
    sock = socket.create_connection((ADDR, PORT), timeout=10)
    sock.sendall(pplib.v2(("10.9.0.7", port), (ADDR, 443)))
    sock.recv(1)
    sock.close()
    thread.join()
    return seen[0]


def network():
    run("ip", "link", "set", "lo", "up")
    run("ip", "addr", "add", ADDR + "/32", "dev", "lo")
    run("ip", "route", "add", "10.9.0.0/24", "dev", "lo")


def listener(s):
    """To all groups: the kernel lets an owner join those of his network namespace at any time"""
    ear = Sluice(s.spec)
    for group in ear.groups:
        ear.join(group)
    return ear


def heard(ear, port):
    """What is told of a connection until it has ended"""
    found = []
    while "ended" not in found:
        got = ear.events(1)
        if not got:
            break
        found += [a["event"] for _, a in got if a["client-port"] == port]
    return found


def silent(s, sluice, told):
    """His connections go on by a service that he made; he is not told of them any more."""
    def switched(word):
        with open(f"{told}/{word}.asked", "w", encoding="ascii"):
            pass
        while not os.path.exists(f"{told}/{word}"):
            time.sleep(0.05)

    network()
    s.do("new-service", SERVICE)
    ear = listener(s)
    same("a connection", connection(5001), ("10.9.0.7", 5001))
    same("while it is allowed", heard(ear, 5001), ["added", "ended"])
    switched("off")
    late = listener(s)
    same("it is off", run(sluice, "service", "show")[0], 3)
    same("a connection", connection(5002), ("10.9.0.7", 5002))
    same("who joined before", ear.events(1, 1), [])
    same("who joined after", late.events(1, 0.1), [])
    switched("on")
    same("a connection", connection(5003), ("10.9.0.7", 5003))
    for e in ear, late:
        same("allowed again", heard(e, 5003), ["added", "ended"])


def allowed(s, sluice):
    network()
    ear = Sluice(s.spec)
    ear.join("config")
    same("the tool", run(sluice, "service", "add", "own", "tcp", f"{ADDR}:{PORT}", "accept-proxy",
                         "trust", "any")[0], 0)
    same("an event", [a["name"] for _, a in ear.events(1)], ["own"])
    same("a connection", connection(), ("10.9.0.7", 5001))
    same("its flow", len(s.dump("get-flow")) > 0, True)
    info = s.do("get-info")
    same("the switch is shown", info["user-namespaces"], 1)
    for key in ("max-flows", "max-half-open-bytes"):
        same(key + " lower", refusal(s, "set-info", {key: info[key] - 1}), 0)
        same(key + " again", refusal(s, "set-info", {key: info[key]}), 0)
        same(key + " higher", refusal(s, "set-info", {key: info[key] + 1}), errno.EPERM)
        same(key + " stays", s.do("get-info")[key], info[key])
        same(key + " lower in a batch",
             refusal(s, "batch", [("set-info", {key: info[key] - 1}), ("set-info", {})]), 0)
        same(key + " is", s.do("get-info")[key], info[key] - 1)
        same(key + " higher in a batch", refusal(s, "batch", [
            ("set-info", {key: info[key]}), ("set-info", {key: info[key] + 1})]), errno.EPERM)
        same(key + " stays", s.do("get-info")[key], info[key] - 1)
    for value in (0, 1):
        same("the switch", refusal(s, "set-info", {"user-namespaces": value}), errno.EPERM)
        same("the switch in a batch",
             refusal(s, "batch", [("set-info", {"user-namespaces": value})]), errno.EPERM)
    same("draining", refusal(s, "set-info", {"draining": 1}), 0)
    same("draining all", refusal(s, "set-info", {"draining": 1, "everywhere": True}), errno.EPERM)
    same("counting all", refusal(s, "get-info", {"everywhere": True}), errno.EPERM)
    same("the tool's unload", run(sluice, "unload")[0], 3)
    same("nothing of others", [x["name"] for x in s.dump("get-service")], ["own"])


{f.__name__: f for f in (refused, allowed, silent)}[sys.argv[2]](Sluice(), sys.argv[1],
                                                               *sys.argv[3:])
for line in BAD:
    print(line)
sys.exit(bool(BAD))
