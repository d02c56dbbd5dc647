// SPDX-License-Identifier: GPL-2.0
/*
 * PROXY headers that backends are sent. See send.h.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/dst.h>

#include "core/pp.h"
#include "obj/flow.h"
#include "obj/pick.h"
#include "obj/pool.h"
#include "path/early.h"
#include "path/handshake.h"
#include "path/send.h"

/* So often it is sent in segments as large as they may be: what does not get
 * through then may be too large for a path that nobody tells us of.
 */
#define SEND_LARGE_TRIES	2

/* Bytes of a unique id of ours */
#define SEND_UNIQUE_ID		16

/* The fixed part of version 2, and the addresses of IPv6; more than version 1 has */
#define SEND_FIXED		(SLC_PP_V1_MAX_LEN)

/* Whom does the header name? Whom the one that came did, or the sender itself: also
 * where that one named nobody (LOCAL, UNKNOWN), as HAProxy does it.
 */
static void send_endpoints(const struct slc_early *e,
			   const struct slc_flow *flow, struct slc_pp *pp)
{
	if (flow->version && !flow->is_local) {
		pp->src = flow->header->src;
		pp->dst = flow->header->dst;
		return;
	}
	pp->src.addr = e->key.src;
	pp->src.port = e->key.sport;
	pp->dst.addr = e->key.dst;
	pp->dst.port = e->key.dport;
}

/* The TLVs of a type that came with a header, all of them */
static bool send_pass(struct slc_pp_writer *w, const struct slc_header *header,
		      u8 type)
{
	unsigned int off, n;
	bool any = false;

	if (!header)
		return false;
	for (off = slc_pp_find_tlv(header->tlv, header->len, 0, type);
	     off < header->len;
	     off = slc_pp_find_tlv(header->tlv, header->len, off + 3 + n,
				   type)) {
		n = get_unaligned_be16(header->tlv + off + 1);
		slc_pp_put_tlv(w, type, header->tlv + off + 3, n);
		any = true;
	}
	return any;
}

/* None came: one that no other connection of this machine has, or has had since it
 * was started. It is no secret, and nobody can tell from it how many there are.
 */
static void send_unique_id(struct slc_pp_writer *w, const struct slc_net *sn,
			   const struct slc_flow *flow)
{
	__be64 id[SEND_UNIQUE_ID / sizeof(__be64)] = {
		cpu_to_be64(siphash_1u64(flow->id, &sn->key[0])),
		cpu_to_be64(siphash_1u64(flow->id, &sn->key[1])),
	};

	slc_pp_put_tlv(w, SLC_PP_TLV_UNIQUE_ID, id, sizeof(id));
}

static void send_tlv(struct slc_pp_writer *w, const struct slc_net *sn,
		     const struct slc_flow *flow, const struct slc_tlv *tlv)
{
	if (tlv->has_value)
		slc_pp_put_tlv(w, tlv->type, tlv->value, tlv->len);
	else if (tlv->type == SLC_PP_TLV_CRC32C)
		slc_pp_put_crc(w);
	else if (!send_pass(w, flow->header, tlv->type) &&
		 tlv->type == SLC_PP_TLV_UNIQUE_ID)
		send_unique_id(w, sn, flow);
}

/* Bytes that are enough for it */
static size_t send_room(const struct slc_pool_cfg *cfg,
			const struct slc_flow *flow)
{
	size_t room = SEND_FIXED;
	unsigned int i;

	for (i = 0; i < cfg->n_tlvs; i++)
		room += 3 + (cfg->tlv[i].has_value ? cfg->tlv[i].len :
						     SEND_UNIQUE_ID);
	if (cfg->n_tlvs && flow->header)
		room += flow->header->len;
	return min_t(size_t, room, SLC_PP_MAX_LEN);
}

int slc_send_make(const struct slc_early *e, const struct slc_flow *flow,
		  const struct slc_choice *to, struct slc_send **send)
{
	struct slc_pp pp = {
		.version = to->send_proxy == SLUICE_SEND_PROXY_V1 ? 1 : 2,
		.cmd = SLC_PP_PROXY,
		.transport = SLC_PP_STREAM,
		.has_addr = true,
	};
	struct slc_pp_writer w;
	unsigned int i;
	size_t room;
	int len;

	*send = NULL;
	if (!slc_sends_first(to->send_proxy))
		return 0;
	room = send_room(to->pool, flow);
	*send = kmalloc(struct_size(*send, header, room),
			GFP_ATOMIC | __GFP_NOWARN);
	if (!*send)
		return -ENOMEM;
	send_endpoints(e, flow, &pp);
	slc_pp_begin(&w, (*send)->header, room, &pp);
	for (i = 0; i < to->pool->n_tlvs; i++)
		send_tlv(&w, e->sn, flow, &to->pool->tlv[i]);
	len = slc_pp_end(&w);
	if (len < 0) {
		kfree(*send);
		*send = NULL;
		return len;
	}
	(*send)->len = len;
	return 0;
}

void slc_send_begin(struct slc_early *e, struct slc_send *send)
{
	/* The other one's bytes stay charged: it is never many. */
	kfree(e->send);
	e->send = send;
	e->hs.added = send ? send->len : 0;
	if (send)
		slc_early_charge(e, struct_size(send, header, send->len));
}

/* Bytes of the header that one segment may bear */
static unsigned int send_size(const struct slc_early *e, bool has_ts)
{
	bool v4 = e->flow->half[SLC_OUT].key.family == SLC_FAMILY_IPV4;
	u32 hlen = (v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr)) +
		   sizeof(struct tcphdr);
	u32 least = v4 ? SLC_HS_DEFAULT_MSS : SLC_HS_DEFAULT_MSS6;
	u32 mss = e->send->opts.mss ?: least;

	mss = min(mss, dst_mtu(e->route_in) - hlen);
	if (e->hs.tries >= SEND_LARGE_TRIES)
		mss = min(mss, least);
	mss = max_t(u32, mss, SLC_HS_MIN_MSS);
	return mss - (has_ts ? SLC_TCPOLEN_TS + 2 : 0);
}

/* The sender's window, in what the backend takes for its units */
static u16 send_window(const struct slc_hs *hs, const struct slc_tcpopts *o)
{
	bool unscaled = hs->opts & SLC_HS_WSCALE && !o->has_wscale;

	return slc_win_scale(hs->peer_win, unscaled ? hs->peer_wscale : 0);
}

void slc_send_header(const struct slc_early *e, struct slc_todo *todo)
{
	const struct slc_send *send = e->send;
	bool has_ts = e->hs.opts & SLC_HS_TS && send->opts.has_ts;
	unsigned int size = send_size(e, has_ts);
	unsigned int off, n;

	for (off = e->hs.added_acked; off < send->len; off += n) {
		struct slc_seg seg = {
			.data = send->header + off,
			.seq = e->hs.inner_iss + 1 + off,
			.ack = e->hs.inner_irs + 1,
			.flags = SLC_TCP_ACK,
			.win = send_window(&e->hs, &send->opts),
			.opts.has_ts = has_ts,
			.opts.tsval = e->hs.inner_ts,
			.opts.tsecr = send->opts.tsval,
		};

		n = min(size, send->len - off);
		seg.len = n;
		if (off + n == send->len)
			seg.flags |= SLC_TCP_PSH;
		slc_handshake_seg_in(e, todo, &seg);
	}
}
