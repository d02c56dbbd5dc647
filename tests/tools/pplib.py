# SPDX-License-Identifier: GPL-2.0
"""What server.py and client.py share: addresses, PROXY headers, a byte stream.

Headers are made from the text of the specification, not with Sluice's code.
"""
import ipaddress
import random
import struct

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
BLOCK = 65536


def endpoint(text, port=0):
    """ADDR:PORT or [ADDR]:PORT or ADDR -> (address, port)"""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, int(rest[1:] or port) if rest else port
    if text.count(":") == 1:
        host, rest = text.split(":")
        return host, int(rest)
    return text, port


def show(peer):
    """A socket's address as text, IPv4 as IPv4."""
    ip = ipaddress.ip_address(peer[0].split("%")[0])
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return f"[{ip}]:{peer[1]}" if ip.version == 6 else f"{ip}:{peer[1]}"


def crc32c(data):
    """Castagnoli, as in RFC 3720 B.4"""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def v1(src, dst):
    """Header of version 1; src None means UNKNOWN"""
    if src is None:
        return b"PROXY UNKNOWN\r\n"
    family = "TCP6" if ipaddress.ip_address(src[0]).version == 6 else "TCP4"
    return f"PROXY {family} {src[0]} {dst[0]} {src[1]} {dst[1]}\r\n".encode()


def v2(src, dst, tlvs=(), crc=False, datagram=False):
    """Header of version 2; src None means LOCAL"""
    if src is None:
        head, body = b"\x20\0", b""
    else:
        s, d = (ipaddress.ip_address(a[0]) for a in (src, dst))
        head = b"\x21" + bytes([(0x21 if s.version == 6 else 0x11) + datagram])
        body = s.packed + d.packed + struct.pack("!HH", src[1], dst[1])
    for kind, value in tlvs:
        body += struct.pack("!BH", kind, len(value)) + value
    if not crc:
        return SIGNATURE + head + struct.pack("!H", len(body)) + body
    body += struct.pack("!BHI", 3, 4, 0)
    header = SIGNATURE + head + struct.pack("!H", len(body)) + body
    return header[:-4] + struct.pack("!I", crc32c(header))


def spp(src, dst):
    """Header of the simple protocol, which has IPv4 as IPv6 does"""
    def sixteen(text):
        ip = ipaddress.ip_address(text)
        return ip.packed if ip.version == 6 else bytes(10) + b"\xff\xff" + ip.packed
    return b"\x56\xec" + sixteen(src[0]) + sixteen(dst[0]) + struct.pack("!HH", src[1], dst[1])


def exactly(sock, n):
    """So many bytes"""
    data = b""
    while len(data) < n:
        part = sock.recv(n - len(data))
        if not part:
            raise EOFError(f"ended after {data!r}")
        data += part
    return data


def read_header(sock):
    """The PROXY header that a connection begins with, as text"""
    head = exactly(sock, 12)
    if head != SIGNATURE:
        while not head.endswith(b"\r\n"):
            head += exactly(sock, 1)
        return "v1 " + head[:-2].decode()
    head += exactly(sock, 4)
    body = exactly(sock, struct.unpack("!H", head[14:])[0])
    size = {1: 4, 2: 16}.get(head[13] >> 4, 0)
    text = f"v2 {head[12]:02x}{head[13]:02x}"
    at = 0
    if size:
        src, dst = (ipaddress.ip_address(body[i * size:][:size]) for i in range(2))
        text += f" {src} {dst} %d %d" % struct.unpack("!HH", body[2 * size:][:4])
        at = 2 * size + 4
    while at < len(body):
        kind, n = struct.unpack("!BH", body[at:at + 3])
        value = body[at + 3:at + 3 + n]
        if kind == 3:
            whole = head + body[:at + 3] + bytes(4) + body[at + 7:]
            value = b"good" if crc32c(whole).to_bytes(4, "big") == value else b"bad"
        text += f" {kind}={value.decode() if value.isalnum() else value.hex()}"
        at += 3 + n
    return text


class Datagram:
    """One, read as a connection is"""

    def __init__(self, data):
        self.data = data

    def recv(self, n):
        part, self.data = self.data[:n], self.data[n:]
        return part


def cut_header(data, simple):
    """Header of a datagram as text, its bytes, and what is behind it; it may have none"""
    if simple:
        if len(data) < 38 or data[:2] != b"\x56\xec":
            return "none", b"", data
        src, dst = (ipaddress.ip_address(data[at:at + 16]) for at in (2, 18))
        src, dst = (a.ipv4_mapped or a for a in (src, dst))
        return f"spp {src} {dst} %d %d" % struct.unpack("!HH", data[34:38]), data[:38], data[38:]
    if not data.startswith(SIGNATURE):
        return "none", b"", data
    rest = Datagram(data)
    text = read_header(rest)
    return text, data[:len(data) - len(rest.data)], rest.data


class Stream:
    """A stream of bytes of which no two blocks are alike."""

    def __init__(self, seed):
        self.block = bytearray(random.Random(seed).randbytes(BLOCK))
        self.number = 0

    def next(self, size=BLOCK):
        self.block[:8] = self.number.to_bytes(8, "big")
        self.number += 1
        return memoryview(self.block)[:size]


def send_stream(sock, total, seed, digest=None):
    """Send so many bytes of a stream."""
    stream = Stream(seed)
    while total:
        part = stream.next(min(total, BLOCK))
        if digest:
            digest.update(part)
        sock.sendall(part)
        total -= len(part)


def receive_stream(sock, total, seed, digest=None):
    """Receive so many bytes; an error if one is not the stream's."""
    stream = Stream(seed)
    got = memoryview(bytearray(BLOCK))
    done = 0
    while done < total:
        want = stream.next(min(total - done, BLOCK))
        fill = 0
        while fill < len(want):
            n = sock.recv_into(got[fill:len(want)])
            if not n:
                raise EOFError(f"ended after {done + fill} of {total} bytes")
            fill += n
        if got[:len(want)] != want:
            at = next(i for i in range(len(want)) if got[i] != want[i])
            raise ValueError(f"byte {done + at} of {total} is wrong")
        if digest:
            digest.update(want)
        done += len(want)
