#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Prometheus's text, read strictly: a reader that is not the writer's.

prom.py check FILE                 what is wrong with it by the format and by its conventions
prom.py get FILE NAME [K=V...]     the values of the samples that have these labels, a line each
prom.py same FILE STATS [SERVICE]  counters that are not what `sluice -j stats` printed, by sum
prom.py names FILE DASHBOARD       metrics that a Grafana dashboard asks for and FILE has not

Prints what is wrong; its status is 1 if anything is.
"""
import json
import re
import sys

NAME = re.compile(r"[a-z][a-z0-9_]*")
LABEL = re.compile(r'([a-z][a-z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"')
SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\d+)")
# Of the module's counters, those that are told of as parts of another
PARTS = {"packets": ("direction", ("packets-in", "packets-out")),
         "bytes": ("direction", ("bytes-in", "bytes-out")),
         "flows_ended": ("reason", ("flows-closed", "flows-reset", "flows-expired",
                                    "flows-flushed", "flows-moved")),
         "headers_received": ("version", ("header-v1", "header-v2", "header-spp"))}
# And those whose names say more than the counters'
OTHERS = {"flows_opened": "flows-opened", "syns_received": "syn-received",
          "syn_acks_sent": "syn-ack-sent", "cookies_sent": "cookie-sent",
          "cookies_accepted": "cookie-accepted", "headers_local": "header-local",
          "headers_unknown": "header-unknown", "headers_sent": "header-sent",
          "connects_retried": "connect-retried", "packets_decapsulated": "decapsulated"}


def labels_of(text):
    """The labels of a sample, or None"""
    got, at = {}, 0
    while text and at < len(text):
        m = LABEL.match(text, at)
        if not m or m[1] in got:
            return None
        got[m[1]] = m[2]
        at = m.end()
        if at < len(text) and text[at] != ",":
            return None
        at += 1
    return got


def read(path):
    """What is wrong, and [(name, labels, value)]"""
    bad, samples, seen, types, helps, family = [], [], set(), {}, set(), None
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if text and not text.endswith("\n"):
        bad.append("the last line has no end")
    for n, line in enumerate(text.splitlines(), 1):
        if line.startswith("# HELP "):
            family = line.split(" ", 3)[2]
            if family in helps or len(line.split(" ", 3)) < 4:
                bad.append(f"{n}: help of {family}")
            helps.add(family)
            continue
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ", 3)
            if name in types or name != family or kind not in ("counter", "gauge"):
                bad.append(f"{n}: type of {name}")
            if (kind == "counter") != name.endswith("_total"):
                bad.append(f"{n}: a {kind} is not called {name}")
            if not NAME.fullmatch(name) or not name.startswith("sluice_"):
                bad.append(f"{n}: {name} is no name of ours")
            types[name] = kind
            continue
        m = SAMPLE.fullmatch(line)
        labels = labels_of(m[2]) if m else None
        if labels is None:
            bad.append(f"{n}: no sample: {line}")
            continue
        if m[1] != family or family not in types:
            bad.append(f"{n}: {m[1]} is not below its type")
        series = (m[1], tuple(sorted(labels.items())))
        if series in seen:
            bad.append(f"{n}: twice: {line}")
        seen.add(series)
        samples.append((m[1], labels, int(m[3])))
    bad += [f"{name} has no samples" for name in types if not any(s[0] == name for s in samples)]
    return bad, samples


def get(samples, name, want):
    return [v for n, labels, v in samples if n == name and want.items() <= labels.items()]


def counter_of(name, labels):
    """The counter of the module that a sample of one is, as `sluice stats` names it"""
    if name in PARTS:
        label, counters = PARTS[name]
        return next((c for c in counters if c.endswith("-" + labels[label])), None)
    if name in OTHERS:
        return OTHERS[name]
    return labels.get("reason") or labels.get("number") or name.replace("_", "-")


def same(samples, stats, service):
    bad, told = [], {}
    prefix = "sluice_service_" if service else "sluice_"
    for name, labels, value in samples:
        if not name.startswith(prefix) or not name.endswith("_total") or \
                labels.get("service") != service or "backend" in labels:
            continue
        counter = counter_of(name[len(prefix):-len("_total")], labels)
        if counter in told:
            bad.append(f"{counter} is told twice")
        told[counter] = value
    stats.pop("service", None)
    bad += [f"{c}: {told.get(c)}, not {stats.get(c)}" for c in sorted({*told, *stats})
            if told.get(c) != stats.get(c)]
    return bad


def names(samples, dashboard):
    with open(dashboard, encoding="utf-8") as f:
        asked = set(re.findall(r"\bsluice_[a-z0-9_]+", f.read()))
    there = {name for name, _, _ in samples}
    return [f"there is no {name}" for name in sorted(asked - there)] or \
        ([] if asked else ["the dashboard asks for nothing"])


def main():
    do, path, *args = sys.argv[1:]
    bad, samples = read(path)
    if do == "get":
        want = dict(a.split("=", 1) for a in args[1:])
        print("\n".join(str(v) for v in get(samples, args[0], want)))
        return
    if do == "same":
        with open(args[0], encoding="utf-8") as f:
            bad += same(samples, json.load(f), args[1] if len(args) > 1 else None)
    elif do == "names":
        bad += names(samples, args[0])
    elif do != "check":
        sys.exit(__doc__)
    for line in bad:
        print(line)
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
