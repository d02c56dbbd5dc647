# SPDX-License-Identifier: GPL-2.0
"""What this namespace's Sluice holds: flows, handshakes, their bytes."""
from wire import INFO_FLOWS, INFO_HALF_OPEN, INFO_HALF_OPEN_BYTES, Genl

info = Genl(None).info()
print(f"flows={info[INFO_FLOWS]} half-open={info[INFO_HALF_OPEN]} "
      f"bytes={info[INFO_HALF_OPEN_BYTES]}")
