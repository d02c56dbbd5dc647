# SPDX-License-Identifier: GPL-2.0
"""slowdump.py FILE: asks for all flows of this namespace, and reads the answer when
FILE is there. Says "holding", then how many parts there were.
"""
import os
import struct
import sys
import time

from wire import Genl

CMD_GET_FLOW = 5
DONE = 3


def main():
    genl = Genl(None)
    genl.sock.settimeout(10)
    genl.sock.send(struct.pack("IHHII", 20, genl.family, 0x301, 1, 0) +
                   struct.pack("BBH", CMD_GET_FLOW, 1, 0))
    print("holding", flush=True)
    while not os.path.exists(sys.argv[1]):
        time.sleep(0.05)
    parts = 0
    kind = None
    while kind != DONE:
        kind = struct.unpack_from("H", genl.sock.recv(65536), 4)[0]
        parts += 1
    print(f"parts={parts}", flush=True)


main()
