# SPDX-License-Identifier: GPL-2.0
"""The netlink interface, as its specification has it: docs/netlink/sluice.yaml.

    s = Sluice()
    s.do("new-pool", {"name": "app", "scheduler": "wrr"})
    s.do("batch", [("new-pool", {"name": "a"}), ("del-pool", {"name": "b"})])
    for pool in s.dump("get-pool"): ...

Attributes are a dict, or pairs where the order counts or something comes twice. Values: numbers,
text, bytes, names of an enum (of flags with commas), addresses as text, True for flags, and for nests again attributes. A
list in a dict is an attribute that comes several times. Bytes instead of a number, a nest or text go
as they are, so that what is wrong can be said too. Refusals raise Refused.
"""
import ipaddress
import os
import socket
import struct
import sys

import yaml

SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/netlink/sluice.yaml")
NUMBERS = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q", "s32": "i"}
NESTED = 0x8000
REQUEST, MULTI, ACK, DUMP_INTR, DUMP = 1, 2, 4, 16, 0x300


class Refused(Exception):
    """What the kernel says: errno, its text, where in the message, and what its policy allows there,
    numbers or lengths"""

    def __init__(self, errno, text, at, miss_type, miss_nest, limits=()):
        super().__init__(f"{os.strerror(errno)}: {text}")
        self.errno, self.text, self.at = errno, text, at
        self.miss_type, self.miss_nest = miss_type, miss_nest
        self.limits = limits


def attr(kind, value):
    return struct.pack("HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def split(data):
    """Pairs of number and value"""
    at = 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("HH", data, at)
        yield kind & 0x3FFF, data[at + 4:at + size]
        at += (size + 3) & ~3


class Spec:
    """Sets of attributes by name, operations by name"""

    def __init__(self, path=SPEC):
        with open(path, encoding="utf-8") as f:
            doc = yaml.load(f, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.enums = {d["name"]: [e["name"] for e in d["entries"]] for d in doc["definitions"]}
        self.flags = {d["name"] for d in doc["definitions"] if d["type"] == "flags"}
        self.sets, self.subsets = {}, {}
        for s in doc["attribute-sets"]:
            if "subset-of" in s:
                self.subsets[s["name"]] = [a["name"] for a in s["attributes"]]
                self.sets[s["name"]] = self.sets[s["subset-of"]]
                continue
            for number, a in enumerate(s["attributes"], 1):
                a["number"] = number
            self.sets[s["name"]] = {a["name"]: a for a in s["attributes"]}
        self.ops, number = {}, 0
        for op in doc["operations"]["list"]:
            number += 1
            op["number"] = number
            if "notify" in op:
                op["attribute-set"] = self.ops[op["notify"]]["attribute-set"]
            self.ops[op["name"]] = op
        self.names = {op["number"]: op for op in self.ops.values()}

    def value(self, a, v):
        """(nested?, bytes) of a value"""
        if isinstance(v, bytes):
            return a["type"] == "nest", v
        if a["type"] == "flag":
            return False, b""
        if a["type"] == "nest":
            return True, self.encode(a["nested-attributes"], v)
        if a["type"] == "string":
            return False, v.encode() + b"\0"
        if a["type"] == "binary":
            ip = ipaddress.ip_address(v)
            if ip.version == 4:
                ip = ipaddress.ip_address(f"::ffff:{v}")
            return False, ip.packed
        if isinstance(v, str) and a["enum"] in self.flags:
            v = sum(1 << self.enums[a["enum"]].index(name) for name in v.split(","))
        elif isinstance(v, str):
            v = self.enums[a["enum"]].index(v)
        return False, struct.pack(NUMBERS[a["type"]], v)

    @staticmethod
    def pairs(attrs):
        if not isinstance(attrs, dict):
            yield from attrs
            return
        for name, v in attrs.items():
            for one in v if isinstance(v, list) and (not v or not isinstance(v[0], tuple)) else [v]:
                yield name, one

    def encode(self, name, attrs):
        out = b""
        for key, v in self.pairs(attrs):
            a = self.sets[name][key]
            nested, data = self.value(a, v)
            out += attr(a["number"] | (NESTED if nested else 0), data)
        return out

    def decode(self, name, data):
        """A dict; what may come several times is a list"""
        found = {}
        numbers = {a["number"]: a for a in self.sets[name].values()}
        for kind, v in split(data):
            a = numbers[kind]
            if a["type"] == "pad":
                continue
            if a["type"] == "flag":
                v = True
            elif a["type"] == "nest":
                v = self.decode(a["nested-attributes"], v)
            elif a["type"] == "string":
                v = v[:-1].decode()
            elif a.get("display-hint") == "ipv6":
                ip = ipaddress.ip_address(v)
                v = str(ip.ipv4_mapped or ip)
            elif a["type"] in NUMBERS:
                v = struct.unpack(NUMBERS[a["type"]], v)[0]
                if a.get("enum") in self.flags:
                    v = ",".join(n for i, n in enumerate(self.enums[a["enum"]]) if v >> i & 1)
                elif "enum" in a:
                    v = self.enums[a["enum"]][v]
            if a.get("multi-attr"):
                found.setdefault(a["name"], []).append(v)
            else:
                found[a["name"]] = v
        return found


class FailNth:
    """The n-th allocation of this thread fails"""

    def __init__(self):
        self.fd = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def arm(self, n):
        os.pwrite(self.fd, str(n).encode(), 0)

    def disarm(self):
        """Was it reached?"""
        left = int(os.pread(self.fd, 20, 0).split()[0])
        os.pwrite(self.fd, b"0", 0)
        return left == 0


class Sluice:
    """A socket that speaks to the module"""

    def __init__(self, spec=None):
        self.spec = spec or Spec()
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.setsockopt(270, 11, 1)  # NETLINK_EXT_ACK
        self.sock.setsockopt(270, 12, 1)  # NETLINK_GET_STRICT_CHK
        self.sock.setsockopt(270, 10, 1)  # NETLINK_CAP_ACK
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, 32, 32 << 20)  # SO_SNDBUFFORCE
        except PermissionError:
            pass
        self.sock.bind((0, 0))
        self.sock.settimeout(60)
        self.seq = 0
        self.interrupted = False
        self.groups = {}
        self.family = 16
        reply = list(split(self.raw(3, attr(2, b"sluice\0"))[0][4:]))
        for kind, v in reply:
            if kind == 1:
                self.family = struct.unpack("H", v)[0]
            elif kind == 7:
                for _, group in split(v):
                    g = dict(split(group))
                    self.groups[g[1][:-1].decode()] = struct.unpack("I", g[2])[0]

    def join(self, group):
        self.sock.setsockopt(270, 1, self.groups[group])

    def send(self, cmd, body, flags=REQUEST | ACK):
        self.seq += 1
        data = struct.pack("BBH", cmd, 1, 0) + body
        self.sock.send(struct.pack("IHHII", 16 + len(data), self.family, flags, self.seq, 0) +
                       data)

    @staticmethod
    def refusal(data):
        """From an error message or the end of a dump"""
        errno = -struct.unpack_from("i", data, 0)[0]
        return errno, data[4:]

    @staticmethod
    def refused(errno, tlvs):
        told = dict(split(tlvs))

        def number(kind):
            return struct.unpack("I", told[kind])[0] if kind in told else None
        # NL_POLICY_TYPE_ATTR_MIN_VALUE_S to NL_POLICY_TYPE_ATTR_MAX_LENGTH
        limits = [int.from_bytes(v, sys.byteorder, signed=kind < 4)
                  for kind, v in split(told.get(4, b"")) if 2 <= kind <= 7]
        return Refused(errno, told.get(1, b"\0")[:-1].decode(), number(2), number(5), number(6),
                       limits)

    def hear(self):
        """What comes until the request is answered: genl headers and attributes"""
        got = []
        while True:
            data = self.sock.recv(1 << 20)
            at = 0
            while at < len(data):
                size, kind, flags, seq = struct.unpack_from("IHHI", data, at)
                body = data[at + 16:at + size]
                at += (size + 3) & ~3
                if seq != self.seq:
                    continue
                if flags & DUMP_INTR:
                    self.interrupted = True
                if kind in (2, 3):
                    errno, rest = self.refusal(body)
                    if errno:
                        raise self.refused(errno, rest[16:] if kind == 2 else rest)
                    return got
                got.append(body)

    def events(self, count=1, seconds=10):
        """The next events of the groups that were joined, so many or until none comes for so long:
        pairs of name and attributes"""
        self.sock.settimeout(seconds)
        found = []
        while len(found) < count:
            try:
                data = self.sock.recv(1 << 20)
            except (TimeoutError, BlockingIOError):
                break
            at = 0
            while at < len(data):
                size, kind, _, seq = struct.unpack_from("IHHI", data, at)
                body = data[at + 16:at + size]
                at += (size + 3) & ~3
                if kind == self.family and seq == 0:
                    op = self.spec.names[body[0]]
                    found.append((op["name"], self.spec.decode(op["attribute-set"], body[4:])))
        self.sock.settimeout(60)
        return found

    def raw(self, cmd, body, flags=REQUEST | ACK):
        self.interrupted = False
        self.send(cmd, body, flags)
        return self.hear()

    def do(self, op, attrs=()):
        """The reply, None if there is none"""
        o = self.spec.ops[op]
        got = self.raw(o["number"], self.spec.encode(o["attribute-set"], attrs))
        return self.spec.decode(o["attribute-set"], got[0][4:]) if got else None

    def dump(self, op, attrs=()):
        o = self.spec.ops[op]
        got = self.raw(o["number"], self.spec.encode(o["attribute-set"], attrs),
                       REQUEST | ACK | DUMP)
        return [self.spec.decode(o["attribute-set"], m[4:]) for m in got]

    def named_at(self, op, attrs, at):
        """The name of the attribute of a request that is at this offset of the message"""
        name, end = self.spec.ops[op]["attribute-set"], 20
        for one in self.spec.pairs(attrs):
            end += len(self.spec.encode(name, [one]))
            if at is not None and at < end:
                return one[0]
        return None

    def object_at(self, changes, at):
        """Which of a batch's changes is at this offset of the message"""
        end = 20
        for i, change in enumerate(changes):
            end += len(self.spec.encode("batch", [change]))
            if at < end:
                return i
        return None
