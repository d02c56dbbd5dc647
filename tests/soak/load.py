#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""load.py UNTIL KIND=ADDR:PORT...: short connections and conversations with each, again
and again from threads of their own, until the file UNTIL exists. Who answers has to name
whom it sees, and that must be who asked. KIND is what is sent:

plain   a request by HTTP
v1, v2  the same behind a PROXY header of somebody of our own
udp     three datagrams, "who"
each    the same behind headers, each with its own

Prints for each how many were answered (ok), were not (failed), and by whose answer
somebody else was named (wrong).
"""
import os
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
import pplib  # noqa: E402

PAUSE = 0.01
DATAGRAMS = ("udp", "each")


class Target:
    def __init__(self, kind, to, index):
        self.kind = kind
        self.to = to
        self.index = index
        self.asked = self.ok = self.failed = self.wrong = 0
        self.last = ""

    def client(self):
        """Whom a header names: one of 50000 of this target"""
        n = self.asked % 50000
        if ":" in self.to[0]:
            return f"2001:db8:c::{0x100 + self.index:x}", 1024 + n
        return f"203.0.113.{100 + self.index}", 1024 + n

    def socket(self):
        s = socket.socket(socket.AF_INET6 if ":" in self.to[0] else socket.AF_INET,
                          socket.SOCK_DGRAM if self.kind in DATAGRAMS else socket.SOCK_STREAM)
        s.settimeout(10)
        return s

    def ask(self):
        """Who asked, and what was answered"""
        with self.socket() as s:
            s.connect(self.to)
            who = s.getsockname()[:2]
            head = b""
            if self.kind in ("v1", "v2", "each"):
                who = self.client()
                head = (pplib.v1(who, self.to) if self.kind == "v1" else
                        pplib.v2(who, self.to, datagram=self.kind == "each"))
            if self.kind in DATAGRAMS:
                answers = set()
                for _ in range(3):
                    s.send(head + b"who")
                    answers.add(s.recv(4096).split()[0].decode())
                return "peer=" + pplib.show(who), " ".join(sorted(answers))
            s.sendall(head + b"GET /who HTTP/1.0\r\n\r\n")
            answer = b""
            while part := s.recv(4096):
                answer += part
            return f"{who[0]} {who[1]}", answer.decode().rpartition("\r\n\r\n")[2].strip()

    def once(self):
        self.asked += 1
        try:
            who, answer = self.ask()
        except OSError as e:
            self.failed += 1
            self.last = str(e)
            return
        if answer == who:
            self.ok += 1
        elif not answer:
            self.failed += 1
            self.last = "nothing"
        else:
            self.wrong += 1
            self.last = f"{who} got {answer!r}"

    def work(self, until):
        while not os.path.exists(until):
            self.once()
            time.sleep(PAUSE)

    def __str__(self):
        return (f"{self.kind}={pplib.show(self.to)} ok={self.ok} failed={self.failed} "
                f"wrong={self.wrong}" + (f" last: {self.last}" if self.last else ""))


def main(argv):
    targets = []
    for index, text in enumerate(argv[1:]):
        kind, _, to = text.partition("=")
        targets.append(Target(kind, pplib.endpoint(to), index))
    threads = [threading.Thread(target=t.work, args=(argv[0],)) for t in targets]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(*targets, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
