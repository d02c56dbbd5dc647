#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the owner of a user namespace may do in a network namespace of his own.

userns.py SLUICE refused|allowed: prints what is not as it should be; fails if anything is
"""
import errno
import socket
import subprocess
import sys
import threading

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


def connection():
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
    sock.sendall(pplib.v2(("10.9.0.7", 5001), (ADDR, 443)))
    sock.recv(1)
    sock.close()
    thread.join()
    return seen[0]


def allowed(s, sluice):
    run("ip", "link", "set", "lo", "up")
    run("ip", "addr", "add", ADDR + "/32", "dev", "lo")
    run("ip", "route", "add", "10.9.0.0/24", "dev", "lo")
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


{"refused": refused, "allowed": allowed}[sys.argv[2]](Sluice(), sys.argv[1])
for line in BAD:
    print(line)
sys.exit(bool(BAD))
