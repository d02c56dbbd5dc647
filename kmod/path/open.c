// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that belong to nothing yet: whose are they, and may they come in?
 */
#include <net/dst_metadata.h>
#include <net/tcp.h>

#include "core/cookie.h"
#include "obj/config.h"
#include "obj/log.h"
#include "obj/pick.h"
#include "obj/service.h"
#include "path/handshake.h"
#include "path/route.h"
#include "path/steer.h"
#include "path/udp.h"
#include "path/vip.h"

/* A cookie may come back this long after the last one was sent. */
#define OPEN_COOKIE_LIFE	(2 * SLC_COOKIE_PERIOD_S * HZ)

/* The sender may not speak PROXY to this service. Costs it no memory. */
static unsigned int open_untrusted(struct slc_pkt *pkt,
				   const struct slc_service *svc, u8 policy)
{
	if (policy == SLUICE_UNTRUSTED_PASS) {
		if (slc_pkt_is_syn(pkt) || pkt->tuple.proto == IPPROTO_UDP)
			slc_count(pkt->sn, svc, SLUICE_STAT_UNTRUSTED_PASSED);
		return NF_ACCEPT;
	}

	if (pkt->tuple.proto == IPPROTO_UDP) {
		if (policy == SLUICE_UNTRUSTED_DROP)
			return slc_pkt_refuse(pkt, svc,
					      SLUICE_STAT_UNTRUSTED_DROPPED);
		slc_udp_unreach(pkt);
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_UNTRUSTED_RESET);
	}

	/* Connections older than the service live on. */
	if (!slc_pkt_is_syn(pkt) &&
	    slc_socket_find(pkt->skb->dev, &pkt->tuple, false))
		return NF_ACCEPT;

	if (policy == SLUICE_UNTRUSTED_RESET) {
		slc_rst_reply(pkt);
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_UNTRUSTED_RESET);
	}
	return slc_pkt_refuse(pkt, svc, SLUICE_STAT_UNTRUSTED_DROPPED);
}

/* The window shift is the application's own, once one has answered, so that
 * windows need no rescaling, which rounds.
 */
void slc_handshake_offer(const struct slc_service *svc,
			 struct slc_hs_offer *offer)
{
	const struct netns_ipv4 *ipv4 = &svc->sn->net->ipv4;
	u64 learned = READ_ONCE(svc->learned);
	u8 ecn = READ_ONCE(ipv4->sysctl_tcp_ecn);

	offer->opts = 0;
	if (READ_ONCE(ipv4->sysctl_tcp_window_scaling))
		offer->opts |= SLC_HS_WSCALE;
	if (READ_ONCE(ipv4->sysctl_tcp_sack))
		offer->opts |= SLC_HS_SACK;
	if (READ_ONCE(ipv4->sysctl_tcp_timestamps))
		offer->opts |= SLC_HS_TS;
	if (ecn == 1 || ecn == 2)
		offer->opts |= SLC_HS_ECN;

	if (learned) {
		offer->wscale = learned & 15;
	} else {
		u32 space = READ_ONCE(ipv4->sysctl_tcp_rmem[2]);

		offer->wscale = clamp_t(int, ilog2(space | 1) - 15, 0,
					TCP_MAX_WSCALE);
	}
}

static u32 open_cookie_count(void)
{
	return (u32)(ktime_get_seconds() / SLC_COOKIE_PERIOD_S);
}

/* Over the budget: let the sender carry the state. */
static unsigned int open_send_cookie(struct slc_pkt *pkt,
				     const struct slc_tcpopts *o,
				     const struct slc_service *svc,
				     struct dst_entry *dst)
{
	struct slc_cookie_opts co = {
		.mss = o->mss ? o->mss :
		       pkt->tuple.family == SLC_FAMILY_IPV4 ?
		       SLC_HS_DEFAULT_MSS : SLC_HS_DEFAULT_MSS6,
		.wscale = o->wscale,
	};
	struct slc_hs_offer offer;
	struct slc_tuple rev;
	struct slc_cookie c;
	struct slc_todo todo;
	bool sent;

	/* The timestamp carries the rest. */
	slc_handshake_offer(svc, &offer);
	co.has_ts = o->has_ts && offer.opts & SLC_HS_TS;
	co.has_wscale = co.has_ts && o->has_wscale &&
			offer.opts & SLC_HS_WSCALE;
	co.has_sack = co.has_ts && o->sack_perm && offer.opts & SLC_HS_SACK;

	if (!slc_cookie_make(&pkt->sn->cookie_keys, &pkt->tuple, pkt->seg.seq,
			     open_cookie_count(), &co, &c)) {
		dst_release(dst);
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_HALF_OPEN_LIMIT);
	}

	slc_tuple_reverse(&rev, &pkt->tuple);
	slc_todo_init(&todo, pkt->sn);
	sent = slc_seg_out(&todo, &(struct slc_seg) {
		.tuple = &rev,
		.seq = c.isn,
		.ack = pkt->seg.seq + 1,
		.flags = SLC_TCP_SYN | SLC_TCP_ACK,
		.win = SLC_HS_SYN_WINDOW,
		.opts = {
			.mss = dst_metric_advmss(dst),
			.has_wscale = co.has_wscale,
			.sack_perm = co.has_sack,
			.has_ts = co.has_ts,
			.tsval = c.tsval,
			.tsecr = o->tsval,
		},
	}, dst);
	dst_release(dst);
	WRITE_ONCE(pkt->sn->overflow_at, jiffies);
	WRITE_ONCE(pkt->sn->overflowed, true);
	slc_log(pkt->sn, SLC_LOG_HALF_OPEN);
	if (sent)
		slc_count(pkt->sn, svc, SLUICE_STAT_COOKIE_SENT);
	slc_todo_run(&todo);
	return slc_pkt_consume(pkt);
}

/* An ACK that may answer a cookie of ours. */
static bool open_cookie_ack(struct slc_pkt *pkt, const struct slc_tcpopts *o,
			    struct slc_hs *hs)
{
	struct slc_cookie c = {
		.isn = pkt->seg.ack - 1,
		.tsval = o->tsecr,
	};
	struct slc_cookie_opts co = { .has_ts = o->has_ts };

	if (!slc_cookie_check(&pkt->sn->cookie_keys, &pkt->tuple, pkt->seg.seq - 1, &c,
			      open_cookie_count(), SLC_HS_MIN_MSS, &co))
		return false;

	*hs = (struct slc_hs) {
		.irs = pkt->seg.seq - 1,
		.iss = c.isn,
		.rcv_nxt = pkt->seg.seq,
		.rcv_acked = pkt->seg.seq,
		.rcv_wnd = SLC_HS_SYN_WINDOW,
		.ts_recent = o->tsval,
		.ts_off = c.tsval - slc_now_ms(),
		.ts_first = c.tsval,
		.peer_win = pkt->seg.win,
		.peer_mss = co.mss,
		.peer_wscale = co.has_wscale ? co.wscale : 0,
		.state = SLC_HS_HALF_OPEN,
		.opts = (co.has_ts ? SLC_HS_TS : 0) |
			(co.has_sack ? SLC_HS_SACK : 0) |
			(co.has_wscale ? SLC_HS_WSCALE : 0),
	};
	return true;
}

/* Acknowledgements that answer no cookie are guesses, or data that overtook
 * one that does. So many a second and share may be wrong. With timestamps
 * a cookie has 55 secret bits, and guesses need no limit; without, 29.
 */
#define OPEN_GUESSES	1000

static struct slc_guess *open_guess(const struct slc_pkt *pkt)
{
	return &pkt->sn->guess[slc_early_share(pkt->sn, &pkt->tuple.src)];
}

static bool open_may_guess(const struct slc_pkt *pkt)
{
	struct slc_guess *g = open_guess(pkt);
	u32 now = (u32)ktime_get_seconds();

	return READ_ONCE(g->second) != now ||
	       READ_ONCE(g->n) < OPEN_GUESSES;
}

static void open_guessed(const struct slc_pkt *pkt)
{
	struct slc_guess *g = open_guess(pkt);
	u32 now = (u32)ktime_get_seconds();

	/* Two CPUs may lose a count to each other: it is a limit, no sum. */
	if (READ_ONCE(g->second) != now) {
		WRITE_ONCE(g->second, now);
		WRITE_ONCE(g->n, 0);
	}
	WRITE_ONCE(g->n, READ_ONCE(g->n) + 1);
}

/* A segment without a connection, from a sender that may speak PROXY. */
static unsigned int open_stray(struct slc_pkt *pkt,
			       const struct slc_service_entry *entry)
{
	const struct slc_service *svc = entry->service;
	struct slc_tcpopts o;
	struct slc_hs hs;

	if (slc_socket_find(pkt->skb->dev, &pkt->tuple, false))
		return NF_ACCEPT;

	if ((pkt->seg.flags & (SLC_TCP_SYN | SLC_TCP_ACK | SLC_TCP_RST)) ==
	    SLC_TCP_ACK && READ_ONCE(pkt->sn->overflowed) &&
	    time_before(jiffies, READ_ONCE(pkt->sn->overflow_at) +
			OPEN_COOKIE_LIFE)) {
		if (!slc_pkt_options(pkt, &o))
			return slc_pkt_refuse(pkt, svc, SLUICE_STAT_BAD_PACKET);
		if (!o.has_ts && !open_may_guess(pkt))
			return slc_pkt_refuse(pkt, svc,
					      SLUICE_STAT_COOKIE_REFUSED);
		if (!slc_pkt_checksum_ok(pkt))
			return slc_pkt_refuse(pkt, svc, SLUICE_STAT_BAD_PACKET);
		if (!slc_pkt_policy_ok(pkt))
			return slc_pkt_refuse(pkt, svc,
					      SLUICE_STAT_XFRM_DENIED);
		if (open_cookie_ack(pkt, &o, &hs)) {
			slc_count(pkt->sn, svc, SLUICE_STAT_COOKIE_ACCEPTED);
			return slc_handshake_begin(pkt, &o, entry, &hs);
		}
		/* It may be data that overtook the ACK: a reset would end a
		 * good connection, silence costs a retransmission.
		 */
		if (!o.has_ts)
			open_guessed(pkt);
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_COOKIE_REFUSED);
	}

	slc_rst_reply(pkt);
	return slc_pkt_refuse(pkt, svc, SLUICE_STAT_NO_FLOW);
}

static unsigned int open_syn(struct slc_pkt *pkt,
			     const struct slc_service_entry *entry)
{
	const struct slc_service *svc = entry->service;
	struct slc_tcpopts o;
	struct slc_tuple rev;
	struct dst_entry *dst;

	if (!slc_pkt_checksum_ok(pkt) || !slc_pkt_options(pkt, &o))
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_BAD_PACKET);
	slc_count(pkt->sn, svc, SLUICE_STAT_SYN_RECEIVED);

	if (slc_net_draining(pkt->sn)) {
		slc_rst_reply(pkt);
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_DRAINING);
	}

	if (!slc_pkt_policy_ok(pkt))
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_XFRM_DENIED);
	/* Without a header to wait for it is known now. */
	if (entry->sends &&
	    entry->rules->cfg.accept_proxy == SLUICE_ACCEPT_PROXY_NONE &&
	    !slc_pick_some(entry->pool, pkt->tuple.family, true)) {
		slc_rst_reply(pkt);
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_NO_BACKEND);
	}
	if (!slc_early_full(pkt->sn, &pkt->tuple.src))
		return slc_handshake_begin(pkt, &o, entry, NULL);

	slc_tuple_reverse(&rev, &pkt->tuple);
	dst = slc_route_out(pkt->sn, &rev, pkt->skb->dev->ifindex,
			    pkt->skb->mark);
	if (IS_ERR(dst))
		return slc_pkt_refuse(pkt, svc, SLUICE_STAT_RP_FILTERED);
	return open_send_cookie(pkt, &o, svc, dst);
}

unsigned int slc_open(struct slc_pkt *pkt, const struct slc_service_entry *svc)
{
	const struct slc_service_rules *rules = svc->rules;

	/* No address of this host is an IPv4 address in an IPv6 packet. */
	if (slc_addr_family(&pkt->tuple.dst) != pkt->tuple.family)
		return NF_ACCEPT;

	/* "*" is any address of this host, never what it forwards, nor what
	 * it intercepts.
	 */
	if (rules->cfg.any_addr && !skb_valid_dst(pkt->skb) &&
	    !slc_route_owns(pkt, &pkt->tuple.dst))
		return NF_ACCEPT;

	/* Nor is one a sender's: here it would pass for the IPv4 address that is
	 * trusted. TCP takes no connection from it either.
	 */
	if (slc_addr_family(&pkt->tuple.src) != pkt->tuple.family)
		return slc_pkt_refuse(pkt, svc->service,
				      SLUICE_STAT_BAD_PACKET);

	if (rules->cfg.has_reply)
		return slc_vip_comes(pkt, svc);
	if (rules->cfg.accept_proxy == SLUICE_ACCEPT_PROXY_NONE && !svc->sends)
		return slc_steer(pkt, svc);
	if (rules->cfg.accept_proxy != SLUICE_ACCEPT_PROXY_NONE &&
	    !slc_service_trusts(rules, &pkt->tuple.src))
		return open_untrusted(pkt, svc->service, rules->cfg.untrusted);
	if (pkt->tuple.proto == IPPROTO_UDP)
		return slc_udp_open(pkt, svc);
	if (slc_pkt_is_syn(pkt))
		return open_syn(pkt, svc);
	return open_stray(pkt, svc);
}

unsigned int slc_open_anew(struct slc_pkt *pkt)
{
	const struct slc_service_entry *svc;

	svc = slc_config_lookup_rcu(pkt->sn, pkt->tuple.proto, &pkt->tuple.dst,
				    pkt->tuple.dport);
	return svc ? slc_open(pkt, svc) : NF_ACCEPT;
}
