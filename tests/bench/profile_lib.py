#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compare two counts of tests/bench/count.c, function by function.

    profile_lib.py [-n LINES] KALLSYMS BASE OTHER PER

BASE and OTHER are files that the plugin wrote, more than one with commas
between; PER is what to divide by, such as the number of connections. Prints
the functions that differ most, the largest addition first, then sums.
"""
import argparse
import bisect
import collections
import fileinput
import sys


def read_symbols(path):
    """The kernel's text symbols: sorted addresses, names beside."""
    at = {}
    for line in open(path):
        field = line.split()
        if field[1] not in 'tTwW':
            continue
        addr = int(field[0], 16)
        module = ' ' + field[3] if len(field) > 3 else ''
        name = field[2].split('.')[0] + module
        # Aliases: the name with fewest underscores in front tells most.
        if addr not in at or name.startswith('_') < at[addr].startswith('_'):
            at[addr] = name
    addrs = sorted(at)
    return addrs, [at[a] for a in addrs]


def read_counts(paths, symbols):
    """Instructions of each function, and how often it was entered."""
    addrs, names = symbols
    starts = set(addrs)
    total = collections.Counter()
    calls = collections.Counter()
    for line in fileinput.input(paths):
        where, n = line.split()
        if where == 'user':
            total['(user space)'] += int(n)
            continue
        addr = int(where, 16)
        i = bisect.bisect_right(addrs, addr) - 1
        total[names[i] if i >= 0 else '?'] += int(n)
        if addr in starts:
            calls[names[i]] += int(n)
    return total, calls


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('-n', type=int, default=40)
    ap.add_argument('kallsyms')
    ap.add_argument('base')
    ap.add_argument('other')
    ap.add_argument('per', type=int)
    a = ap.parse_args()

    symbols = read_symbols(a.kallsyms)
    base, base_calls = read_counts(a.base.split(','), symbols)
    other, other_calls = read_counts(a.other.split(','), symbols)
    diff = [(other[s] - base[s], s) for s in set(base) | set(other)]
    diff.sort(key=lambda d: (-d[0], d[1]))

    print('%10s %10s %10s %9s  %s' % ('base', 'other', 'added', 'calls',
                                      'function'))
    show = diff[:a.n] + [None] + diff[-a.n // 3:]
    for d in show:
        if d is None:
            print('...')
            continue
        n, s = d
        print('%10.0f %10.0f %+10.0f %+9.1f  %s' %
              (base[s] / a.per, other[s] / a.per, n / a.per,
               (other_calls[s] - base_calls[s]) / a.per, s))
    own = sum(n for s, n in other.items() if s.endswith('[sluice]'))
    print('%10.0f %10.0f %+10.0f %9s  all' % (sum(base.values()) / a.per,
                                          sum(other.values()) / a.per,
                                          (sum(other.values()) -
                                           sum(base.values())) / a.per, ''))
    print('%10s %10.0f %10s %9s  of which the module itself' %
          ('', own / a.per, '', ''))


if __name__ == '__main__':
    sys.exit(main())
