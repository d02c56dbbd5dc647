// SPDX-License-Identifier: GPL-2.0
/*
 * What a connection is remembered in, of Sluice and its peers, for pahole. Built,
 * never loaded: see bench.mk.
 */
#include <linux/module.h>
#include <net/ip_vs.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_nat.h>

#include "obj/flow.h"

struct slc_flow bench_slc_flow;
struct ip_vs_conn bench_ip_vs_conn;
struct nf_conn bench_nf_conn;

MODULE_LICENSE("GPL");
