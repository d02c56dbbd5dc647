# SPDX-License-Identifier: GPL-2.0
"""A TCP sender made of raw segments, an application, and what tests of single
packets need beside them. See wire.sh for the network.

Everything runs in one process that steps into the namespaces: starting Python
takes seconds in an emulated guest. The sender's addresses (10.0.9.0/24, fd09::)
are on no interface; the application's host has static neighbours for them, so
that no other TCP says a word.
"""
import contextlib
import ctypes
import fcntl
import json
import os
import random
import socket
import struct
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import pplib  # noqa: E402

SLOW = int(os.environ.get("SLUICE_SLOW", "1"))
SMALL = bool(os.environ.get("SLUICE_SMALL"))
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, NS = (1 << i for i in range(9))
NAMES = ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "NS")
M32 = 1 << 32
QUIET = 0.25 * SLOW


def many(name, full, small):
    """A count: $SLUICE_name if there is one, as make test-release has"""
    return int(os.environ.get("SLUICE_" + name) or (small if SMALL else full))


SERVICE4, SERVICE6 = "10.0.0.2", "fd00::2"
SENDER4, SENDER6 = "10.0.9.1", "fd09::1"
# All that does not say which family it is about is about this one.
V6 = bool(os.environ.get("WIRE_V6"))
LIBC = ctypes.CDLL(None, use_errno=True)


def six(addr):
    """The IPv6 address, or network, that is to 10.0.N.X what fd00::2 is to 10.0.0.2"""
    n, host = addr.split(".")[2:]
    return f"fd{int(n):02}::" + ("/64" if host == "0/24" else host)


def here(addr):
    """An address of 10.0.N.X in the family at hand"""
    return six(addr) if V6 else addr


class netns:
    """with netns("app"): in that namespace, or the one that stands for it"""
    alias = {}

    def __init__(self, name):
        self.name = self.alias.get(name, name)

    def __enter__(self):
        self.old = os.open("/proc/self/ns/net", os.O_RDONLY)
        fd = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        if LIBC.setns(fd, 0x40000000):
            raise OSError(ctypes.get_errno(), f"setns {self.name}")
        os.close(fd)

    def __exit__(self, *_):
        LIBC.setns(self.old, 0x40000000)
        os.close(self.old)


def run(ns, *words, check=True, stdin=None):
    """A command in a namespace; its output"""
    with netns(ns):
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, input=stdin, check=False)
    if check and done.returncode:
        raise Wrong(f"{' '.join(words)}: {done.returncode}: {done.stdout}")
    return done.stdout


def sysctl(ns, **values):
    """Keys with _ for ., under net.ipv4; what they were before"""
    old = {}
    with netns(ns):
        for key, value in values.items():
            path = f"/proc/sys/net/ipv4/{key}"
            with open(path, encoding="ascii") as f:
                old[key] = f.read().strip()
            with open(path, "w", encoding="ascii") as f:
                f.write(str(value))
    return old


# --- claims -------------------------------------------------------------------


class Wrong(Exception):
    """Something is not as it should be"""


def check(got, want, what=""):
    if got != want:
        raise Wrong(f"{what}: got {got!r}, want {want!r}")


def true(cond, what):
    if not cond:
        raise Wrong(what)


CASES = []


def case(text, *args):
    """A claim, proved by the function below it, called with @args"""
    def wrap(fn):
        CASES.append((text, fn, args))
        return fn
    return wrap


def case_once(text, *args):
    """One that takes long and is the same for both families"""
    return (lambda fn: fn) if V6 else case(text, *args)


def case_long(text, *args):
    """One that waits for a minute, for guests where this costs nothing"""
    if os.environ.get("KERNEL_NAME") == "uml":
        return lambda fn: fn
    return case_once(text, *args)


def judge(fn, args):
    """Run a case. None if it holds, or lines that say why not"""
    try:
        fn(*args)
    except Wrong as e:
        at = traceback.extract_tb(e.__traceback__)
        return str(e).splitlines() + [
            "at " + ", ".join(f"{f.name}:{f.lineno}" for f in at[1:])]
    except Exception:  # a case that breaks has failed, the others go on
        return traceback.format_exc().splitlines()
    return None


def main(before=None):
    """Prove all claims, or those whose text or function contain an argument."""
    bad = 0
    if before:
        before()
    for text, fn, args in CASES:
        if len(sys.argv) > 1 and not any(w in text or w in fn.__name__
                                         for w in sys.argv[1:]):
            continue
        text += ", over IPv6" * V6
        start = time.monotonic()
        why = judge(fn, args)
        if why:
            bad += 1
            print(f"not ok - {text}")
            print("# " + "\n# ".join(why))
        else:
            print(f"ok - {text}")
        took = time.monotonic() - start
        if took > float(os.environ.get('WIRE_TOOK', 5)):
            print(f"# took {took:.1f} s")
        sys.stdout.flush()
        NET.clean()
    print("# all judged")
    sys.exit(bad > 0)


# --- numbers and bytes ---------------------------------------------------------


def csum(data):
    """The internet checksum of bytes"""
    if len(data) & 1:
        data += b"\0"
    s = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while s >> 16:
        s = (s & 0xFFFF) + (s >> 16)
    return ~s & 0xFFFF


def pack_ip(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def text_ip(packed):
    return socket.inet_ntop(socket.AF_INET6 if len(packed) == 16 else socket.AF_INET,
                            packed)


def pseudo(src, dst, length, proto=6):
    if len(src) == 16:
        return src + dst + struct.pack("!IHBB", length, 0, 0, proto)
    return src + dst + struct.pack("!BBH", 0, proto, length)


def l4sum(src, dst, data, proto=6):
    return csum(pseudo(src, dst, len(data), proto) + data)


def flags_text(flags):
    return "|".join(n for i, n in enumerate(NAMES) if flags >> i & 1) or "none"


# Options
def o_mss(n=1460):
    return struct.pack("!BBH", 2, 4, n)


def o_ws(n):
    return bytes((3, 3, n))


def o_ts(val, ecr=0):
    return struct.pack("!BBII", 8, 10, val % M32, ecr % M32)


def o_sack(*edges):
    return bytes((5, 2 + 4 * len(edges))) + b"".join(
        struct.pack("!I", e % M32) for e in edges)


SACKOK = b"\4\2"
NOP = b"\1"


def pad(opts):
    return opts + NOP * (-len(opts) % 4)


class Seg:
    """A segment off the wire, or an ICMP error (then icmp is type, code)"""

    def __init__(self):
        self.icmp = None
        self.data = b""

    def __repr__(self):
        if self.icmp:
            return f"<ICMP {self.icmp}>"
        return (f"<{self.src}:{self.sport} > {self.dst}:{self.dport} "
                f"{flags_text(self.flags)} seq={self.seq} ack={self.ack} "
                f"win={self.win} len={len(self.data)} opts={self.raw.hex()}>")


def parse_options(raw):
    found, i = {}, 0
    while i < len(raw):
        kind = raw[i]
        if kind == 0:
            break
        if kind == 1:
            i += 1
            continue
        size = raw[i + 1]
        found[kind] = raw[i + 2:i + size]
        i += size
    return found


def parse_l4(seg, proto, data):
    seg.good = l4sum(pack_ip(seg.src), pack_ip(seg.dst), data, proto) == 0
    if proto != 6:
        seg.icmp = (data[0], data[1])
        seg.good = seg.good if proto == 58 else csum(data) == 0
        seg.info = struct.unpack("!I", data[4:8])[0]
        seg.quote = data[8:]
        return seg
    (seg.sport, seg.dport, seg.seq, seg.ack, off, seg.flags, seg.win, _,
     seg.urg) = struct.unpack("!HHIIBBHHH", data[:20])
    seg.flags |= (off & 1) << 8
    seg.raw = data[20:(off >> 4) * 4]
    seg.data = data[(off >> 4) * 4:]
    seg.opts = parse_options(seg.raw)
    seg.ts = struct.unpack("!II", seg.opts[8]) if 8 in seg.opts else None
    seg.sacks = ()
    if 5 in seg.opts:
        seg.sacks = struct.unpack(f"!{len(seg.opts[5]) // 4}I", seg.opts[5])
    return seg


def parse_ip(p):
    """An IP packet as Seg, None if it is neither TCP nor an ICMP error"""
    seg = Seg()
    if p[0] >> 4 == 4:
        size = struct.unpack("!H", p[2:4])[0]
        hlen = (p[0] & 15) * 4
        seg.src, seg.dst, seg.ttl = text_ip(p[12:16]), text_ip(p[16:20]), p[8]
        seg.ip_good, seg.tos = csum(p[:hlen]) == 0, p[1]
        if p[9] == 6 and size >= hlen + 20 or (p[9] == 1 and p[hlen] in (3, 11, 12)):
            return parse_l4(seg, p[9], p[hlen:size])
    else:
        size = struct.unpack("!H", p[4:6])[0] + 40
        seg.src, seg.dst, seg.ttl = text_ip(p[8:24]), text_ip(p[24:40]), p[7]
        seg.ip_good, seg.tos = True, p[0] << 4 & 0xF0 | p[1] >> 4
        if p[6] == 6 or (p[6] == 58 and p[40] < 128):
            return parse_l4(seg, p[6], p[40:size])
    return None


# --- the cable -----------------------------------------------------------------


class Net:
    """Both ends of lb's eth0 -- app's eth0, or of another cable"""

    def open(self, dev="eth0", app_dev="eth0"):
        with netns("lb"):
            self.raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self.raw.setsockopt(263, 23, 1)  # PACKET_IGNORE_OUTGOING
            self.raw.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # RCVBUFFORCE
            self.raw.setsockopt(socket.SOL_SOCKET, 32, 64 << 20)  # SNDBUFFORCE
            self.raw.bind((dev, 3))
            self.mac = self.address(dev)
        with netns("app"):
            self.app_mac = self.address(app_dev)
        self.senders = {}
        self.errors = []
        self.strays = []
        self.frames = 0
        self.port = random.randrange(20000, 25000)
        self.client_port = 1000
        self.to_clean = []
        return self

    @staticmethod
    def address(dev):
        with socket.socket() as s:
            req = struct.pack("16s16x8x", dev.encode())
            return fcntl.ioctl(s, 0x8927, req)[18:24]

    def frame(self, packet):
        kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\0"
        return self.app_mac + self.mac + kind + packet

    def send(self, packet):
        self.raw.send(self.frame(packet))

    def pump(self, timeout=0.0):
        """Take in what has come, at least one frame if there is time"""
        self.raw.settimeout(max(timeout, 0.000001))
        try:
            while True:
                frame = self.raw.recv(70000)
                self.frames += 1
                self.raw.setblocking(False)
                if frame[12:14] not in (b"\x08\0", b"\x86\xdd"):
                    continue
                seg = parse_ip(frame[14:])
                if not seg:
                    continue
                if seg.icmp:
                    self.errors.append(seg)
                    continue
                s = self.senders.get((seg.dst, seg.dport, seg.src, seg.sport))
                (s.inbox if s else self.strays).append(seg)
        except (BlockingIOError, TimeoutError):
            pass

    def next_port(self):
        self.port = self.port + 1 if self.port < 60000 else 20000
        return self.port

    def next_client(self, v6=V6):
        self.client_port += 1
        return ("2001:db8:c::7" if v6 else "203.0.113.7"), self.client_port

    def clean(self):
        """Between cases: nothing of the last one goes on"""
        for thing in self.to_clean:
            try:
                thing.clean()
            except OSError:
                pass
        self.to_clean.clear()
        self.pump()
        self.forget()

    def forget(self):
        """All senders, and what has come for them"""
        self.senders.clear()
        self.errors.clear()
        self.strays.clear()


NET = Net()


def ip4(src, dst, payload, proto=6, ident=0, frag=0, tos=0, ttl=64, options=b""):
    head = struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, tos,
                       20 + len(options) + len(payload), ident, frag, ttl, proto,
                       0) + src + dst + options
    return head[:10] + struct.pack("!H", csum(head)) + head[12:] + payload


def ip6(src, dst, payload, proto=6, tos=0, ttl=64):
    return struct.pack("!IHBB", 6 << 28 | tos << 20, len(payload), proto,
                       ttl) + src + dst + payload


def ip_any(src, dst, payload, **kw):
    return (ip6 if len(src) == 16 else ip4)(src, dst, payload, **kw)


def tcp(src, dst, sport, dport, seq, ack, flags, win, opts, data, urg=0, doff=None):
    """A TCP segment with its checksum"""
    if doff is None:
        doff = 5 + len(opts) // 4
    head = struct.pack("!HHIIBBHHH", sport, dport, seq % M32, ack % M32,
                       doff << 4 | flags >> 8, flags & 255, win, 0, urg)
    s = l4sum(src, dst, head + opts + data)
    return head[:16] + struct.pack("!H", s) + head[18:] + opts + data


class Sender:
    """A sender's TCP, as far as a case wants it to behave"""

    def __init__(self, src=None, sport=None, v6=V6, isn=None, ts=True, wscale=7,
                 sack=True, mss=1460, dport=8080, dst=None):
        self.v6 = v6
        self.src = src or SENDER4
        if v6 and "." in self.src:
            self.src = six(self.src)
        self.dst = dst or (SERVICE6 if v6 else SERVICE4)
        self.sport = sport or NET.next_port()
        self.dport = dport
        self.a, self.b = pack_ip(self.src), pack_ip(self.dst)
        self.isn = random.randrange(M32) if isn is None else isn % M32
        self.use_ts, self.wscale, self.sack, self.mss = ts, wscale, sack, mss
        self.tsval = random.randrange(1 << 31)
        self.tsecr = 0
        self.nxt = self.isn  # next to say
        self.rcv = 0  # next to hear
        self.iss = None
        self.inbox = []
        self.heard = b""
        self.win = 512
        self.peer_wscale = 0
        NET.senders[(self.src, self.sport, self.dst, self.dport)] = self

    # saying
    def options(self, flags):
        if flags & SYN:
            opts = o_mss(self.mss) if self.mss else b""
            if self.sack:
                opts += SACKOK
            if self.use_ts:
                opts += o_ts(self.tsval, 0)
            if self.wscale is not None:
                opts += NOP + o_ws(self.wscale)
            return pad(opts)
        return NOP * 2 + o_ts(self.tsval, self.tsecr) if self.use_ts else b""

    def packet(self, data=b"", flags=ACK, seq=None, ack=None, opts=None, win=None,
               urg=0, doff=None, **ip):
        if opts is None:
            opts = self.options(flags)
        seg = tcp(self.a, self.b, self.sport, self.dport,
                  self.nxt if seq is None else seq,
                  (self.rcv if ack is None else ack) if flags & ACK or ack else 0,
                  flags, self.win if win is None else win, opts, data, urg, doff)
        return ip_any(self.a, self.b, seg, **ip)

    def seg(self, data=b"", flags=ACK, **kw):
        """One segment as told; what we would say next does not change"""
        NET.send(self.packet(data, flags, **kw))

    def at(self, offset):
        """Sequence number of a byte of our stream"""
        return (self.isn + 1 + offset) % M32

    def say(self, data, flags=ACK | PSH, **kw):
        self.tsval = (self.tsval + 1) % M32
        self.seg(data, flags, **kw)
        self.nxt = (self.nxt + len(data) + bool(flags & FIN)) % M32

    def fin(self, data=b""):
        self.say(data, ACK | FIN)

    def rst(self):
        self.seg(flags=RST | ACK)

    def clean(self):
        if self.iss is not None:
            self.seg(flags=RST | ACK)

    # hearing
    def recv(self, timeout=5.0):
        """The next segment to us, or None"""
        end = time.monotonic() + timeout * (SLOW if timeout > 1 else 1)
        while not self.inbox:
            left = end - time.monotonic()
            if left <= 0:
                return None
            NET.pump(left)
        seg = self.inbox.pop(0)
        true(seg.good and seg.ip_good, f"bad checksum: {seg}")
        if seg.ts and not seg.flags & RST:
            self.tsecr = seg.ts[0]
        return seg

    def expect(self, flags=None, mask=FIN | SYN | RST | ACK, what="", **want):
        seg = self.recv()
        true(seg, f"{what}: nothing came, want {flags_text(flags or 0)} {want}")
        if flags is not None and seg.flags & mask != flags:
            raise Wrong(f"{what}: got {seg}, want {flags_text(flags)}")
        for key, value in want.items():
            if getattr(seg, key) != value:
                raise Wrong(f"{what}: {key} is {getattr(seg, key)!r}, "
                            f"want {value!r}: {seg}")
        return seg

    def quiet(self, what="", timeout=None):
        seg = self.recv(QUIET if timeout is None else timeout)
        if seg:
            raise Wrong(f"{what}: want silence, got {seg}")

    def drain(self, timeout=0.0):
        got = []
        while True:
            seg = self.recv(timeout)
            if not seg:
                return got
            got.append(seg)

    def syn(self, data=b"", opts=None, flags=SYN, **kw):
        self.seg(data, flags, seq=self.isn, opts=opts, **kw)

    def synack(self):
        seg = self.expect(SYN | ACK, ack=(self.isn + 1) % M32, what="SYN-ACK")
        self.iss = seg.seq
        self.rcv = (seg.seq + 1) % M32
        self.nxt = (self.isn + 1) % M32
        self.peer_wscale = seg.opts[3][0] if 3 in seg.opts else 0
        if 3 not in seg.opts:
            self.win = 65535
        return seg

    def open(self, **kw):
        """SYN, SYN-ACK, ACK"""
        NET.to_clean.append(self)
        self.syn(**kw)
        seg = self.synack()
        self.use_ts = self.use_ts and seg.ts is not None
        self.seg()
        return self

    def read(self, size):
        """So much of the application's stream, in order, acknowledged"""
        out = b""
        while len(out) < size:
            seg = self.recv()
            true(seg, f"{len(out)} of {size} bytes came, then silence")
            true(not seg.flags & RST, f"reset after {len(out)} bytes")
            if not seg.data:
                continue
            skip = (self.rcv - seg.seq) % M32
            if skip < len(seg.data):
                out += seg.data[skip:]
                self.rcv = (seg.seq + len(seg.data)) % M32
            self.seg()
        return out

    def until_ack(self, number=None):
        """An ACK of all we have said"""
        want = self.nxt if number is None else number
        while True:
            seg = self.recv()
            true(seg, f"no ACK of {want}")
            true(not seg.flags & RST, f"reset instead of an ACK: {seg}")
            if seg.ack == want:
                return seg

    def until_rst(self):
        while True:
            seg = self.recv()
            true(seg, "no reset came")
            if seg.flags & RST:
                return seg


# --- applications ----------------------------------------------------------------


class App:
    """A listening socket of app's kernel, and connections as they come"""

    def __init__(self, port=8080, v6only=False, addr=None, rcvbuf=None, backlog=128):
        with netns("app"):
            if addr and ":" not in addr:
                self.sock = socket.socket(socket.AF_INET)
            else:
                self.sock = socket.socket(socket.AF_INET6)
                self.sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY,
                                     int(v6only))
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if rcvbuf:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
            self.sock.bind((addr or "::", port))
            self.sock.listen(backlog)

    def accept(self, timeout=5.0):
        self.sock.settimeout(timeout * SLOW)
        try:
            conn, peer = self.sock.accept()
        except TimeoutError:
            raise Wrong("the application is not called") from None
        conn.settimeout(5.0 * SLOW)
        NET.to_clean.append(Abort(conn))
        return conn, pplib.show(peer)

    def lonely(self, what="", timeout=None):
        self.sock.settimeout(QUIET if timeout is None else timeout)
        try:
            _, peer = self.sock.accept()
        except TimeoutError:
            return
        raise Wrong(f"{what}: the application was called by {pplib.show(peer)}")

    def close(self):
        self.sock.close()


class Abort:
    """Closes a connection with a reset"""

    def __init__(self, conn):
        self.conn = conn

    def clean(self):
        if self.conn.fileno() >= 0:
            self.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                 struct.pack("ii", 1, 0))
            self.conn.close()



def take(conn, size):
    """Just so many bytes of a connection"""
    out = b""
    while len(out) < size:
        try:
            more = conn.recv(size - len(out))
        except TimeoutError:
            raise Wrong(f"the application got {out[:80]!r} and no more") from None
        except ConnectionResetError:
            raise Wrong(f"the application was reset after {out[:80]!r}") from None
        true(more, f"the application got {out[:80]!r}, then the end")
        out += more
    return out


def silent(conn, what="the application hears something"):
    conn.settimeout(QUIET)
    try:
        data = conn.recv(100)
    except TimeoutError:
        conn.settimeout(5.0 * SLOW)
        return
    raise Wrong(f"{what}: {data!r}")


def ended(conn):
    """Does the application see the end of the stream?"""
    try:
        check(conn.recv(100), b"", "the end of the stream")
    except TimeoutError:
        raise Wrong("the application sees no end") from None


def farewell(s, conn):
    """The sender closes, then the application, down to the last ACK"""
    s.fin()
    ended(conn)
    conn.close()
    seg = s.expect(what="FIN")
    while not seg.flags & FIN:
        seg = s.expect(what="FIN")
    s.rcv = (seg.seq + 1) % M32
    s.seg()


def was_reset(conn):
    try:
        data = conn.recv(100)
    except ConnectionResetError:
        return
    except TimeoutError:
        data = "silence"
    raise Wrong(f"want a reset at the application, got {data!r}")


class RawApp:
    """An application whose TCP is the case's own: raw sockets, no listener, and
    nft keeps the kernel's resets back."""

    def __init__(self, port=8082):
        self.port = port
        family = socket.AF_INET6 if V6 else socket.AF_INET
        with netns("app"):
            self.sock = socket.socket(family, socket.SOCK_RAW, 6)
            self.out = socket.socket(family, socket.SOCK_RAW, 255)  # with its IP header
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)
        self.out.setsockopt(socket.SOL_SOCKET, 36, 0x51)  # SO_MARK
        if V6:
            self.sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, 1)
        self.inbox = []
        self.me = pack_ip(SERVICE6 if V6 else SERVICE4)

    def parse(self):
        """What the socket has; one of IPv6 keeps the IP header to itself"""
        data, more, _, peer = self.sock.recvmsg(70000, 64)
        if not V6:
            return parse_ip(data)
        seg = Seg()
        seg.src, seg.dst = peer[0], SERVICE6
        seg.tos = int.from_bytes(more[0][2], sys.byteorder)
        return parse_l4(seg, 6, data)

    def recv(self, client, timeout=5.0):
        end = time.monotonic() + timeout * (SLOW if timeout > 1 else 1)
        while True:
            for i, seg in enumerate(self.inbox):
                if (seg.src, seg.sport) == client:
                    return self.inbox.pop(i)
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.sock.settimeout(left)
            try:
                seg = self.parse()
            except TimeoutError:
                continue
            if seg and not seg.icmp and seg.dport == self.port:
                self.inbox.append(seg)

    def clean(self):
        self.inbox.clear()

    def expect(self, client, flags, what="", **want):
        seg = self.recv(client)
        true(seg, f"{what}: nothing reached the application")
        if seg.flags & (FIN | SYN | RST | ACK) != flags:
            raise Wrong(f"{what}: got {seg}, want {flags_text(flags)}")
        for key, value in want.items():
            if getattr(seg, key) != value:
                raise Wrong(f"{what}: {key} is {getattr(seg, key)!r}, "
                            f"want {value!r}: {seg}")
        return seg

    def quiet(self, client, what=""):
        seg = self.recv(client, QUIET)
        if seg:
            raise Wrong(f"{what}: the application got {seg}")

    def send(self, client, seq, ack, flags=ACK, data=b"", opts=b"", win=1000, urg=0):
        dst = pack_ip(client[0])
        seg = tcp(self.me, dst, self.port, client[1], seq, ack, flags, win, opts,
                  data, urg)
        packet = ip6(self.me, dst, seg) if V6 else ip4(self.me, dst, seg, frag=0x4000)
        self.out.sendto(packet, (client[0], 0))


# --- connections ------------------------------------------------------------------


def header(v6=V6, version=1, tlvs=(), crc=False, client=None, port=8080):
    """A header of a new client, and who that is"""
    client = client or NET.next_client(v6)
    dst = (SERVICE6 if v6 else SERVICE4, port)
    if version == 1:
        return pplib.v1(client, dst), pplib.show(client)
    return pplib.v2(client, dst, tlvs, crc), pplib.show(client)


def connect(app, **kw):
    """A connection that stands: sender, the application's socket, who"""
    head, who = header(kw.get("v6", V6))
    s = Sender(**kw).open()
    s.say(head)
    conn, peer = app.accept()
    check(peer, who, "peer")
    s.until_ack()
    return s, conn, who


def talks(s, conn, tag=b""):
    """Both directions still work, byte for byte"""
    s.say(b"ping" + tag)
    check(take(conn, 4 + len(tag)), b"ping" + tag, "towards the application")
    conn.sendall(b"pong" + tag)
    check(s.read(4 + len(tag)), b"pong" + tag, "towards the sender")


def arrives(app, s, who, body=b"hello"):
    """The header is out: does the application get a good connection of it?"""
    conn, peer = app.accept()
    check(peer, who, "peer")
    s.say(body)
    check(take(conn, len(body)), body, "payload")
    s.until_ack()
    talks(s, conn)
    return conn


# --- Sluice ------------------------------------------------------------------------


def sluice(*words, check_rc=True):
    tool = os.environ.get("SLUICE", "/sluice/cli/sluice")
    return run("app", tool, *words, check=check_rc)


def rtt(who):
    """The round trip that is shown of a client's flow, or None"""
    return json.loads(sluice("-j", "flow", "show", "client", who))[0].get("rtt")


def stats():
    """All counters, services and namespace added up"""
    total = {}

    def walk(x):
        if isinstance(x, dict):
            for k, v in x.items():
                if isinstance(v, int) and not isinstance(v, bool):
                    total[k] = total.get(k, 0) + v
                else:
                    walk(v)
        elif isinstance(x, list):
            for y in x:
                walk(y)

    walk(json.loads(sluice("-j", "stats")))
    return total


class Counted:
    """with Counted("spoofed", 3): the counter must grow by so many (None: any)"""

    def __init__(self, name, n=1):
        self.name, self.n = name, n

    def __enter__(self):
        self.before = stats().get(self.name, 0)

    def __exit__(self, kind, *_):
        if kind:
            return
        end = time.monotonic() + 3 * SLOW
        while True:
            grew = stats().get(self.name, 0) - self.before
            if grew == self.n or (self.n is None and grew):
                return
            if time.monotonic() > end or (self.n is not None and grew > self.n):
                raise Wrong(f"counter {self.name} grew by {grew}, want {self.n}")
            time.sleep(0.05)


# Numbers of include/uapi/linux/sluice.h, for what the tool has no word for yet
CMD_GET_INFO, CMD_SET_INFO = 10, 11
INFO_FLOWS, INFO_HALF_OPEN, INFO_HALF_OPEN_BYTES = 4, 6, 7
INFO_MAX_FLOWS, INFO_MAX_HALF_OPEN_BYTES = 8, 9


class Genl:
    """Just enough of generic netlink, in app or right here"""

    def __init__(self, ns="app"):
        with netns(ns) if ns else contextlib.nullcontext():
            self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
            self.sock.bind((0, 0))
        self.seq = 0
        reply = self.ask(16, 3, self.attr(2, b"sluice\0"))
        self.family = struct.unpack("H", reply[1])[0]

    @staticmethod
    def attr(kind, value):
        return struct.pack("HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)

    def ask(self, family, cmd, attrs):
        self.seq += 1
        body = struct.pack("BBH", cmd, 1, 0) + attrs
        self.sock.send(struct.pack("IHHII", 16 + len(body), family, 5, self.seq, 0) + body)
        found = {}
        while True:
            data = self.sock.recv(65536)
            at = 0
            while at < len(data):
                size, kind = struct.unpack_from("IH", data, at)
                if kind == 2:
                    err = struct.unpack_from("i", data, at + 16)[0]
                    if err:
                        raise OSError(-err, f"netlink {cmd}: {os.strerror(-err)}")
                    return found
                i = at + 20
                while i + 4 <= at + size:
                    n, t = struct.unpack_from("HH", data, i)
                    found[t & 0x3FFF] = data[i + 4:i + n]
                    i += n + 3 & ~3
                at += size + 3 & ~3

    def info(self):
        got = self.ask(self.family, CMD_GET_INFO, b"")
        return {k: int.from_bytes(v, sys.byteorder) for k, v in got.items()
                if len(v) in (4, 8)}

    def set_info(self, kind, value, size=8):
        self.ask(self.family, CMD_SET_INFO,
                 self.attr(kind, value.to_bytes(size, sys.byteorder)))


def half_open_gone(genl, timeout=20):
    """Until no half-open handshake is left"""
    end = time.monotonic() + timeout * SLOW
    while genl.info()[INFO_HALF_OPEN]:
        true(time.monotonic() < end, "half-open handshakes stay")
        time.sleep(0.1)
