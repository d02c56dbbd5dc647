// SPDX-License-Identifier: GPL-2.0
/*
 * PROXY headers that backends are sent. See send.h.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/dst.h>

#include "obj/flow.h"
#include "obj/pick.h"
#include "obj/pool.h"
#include "path/compose.h"
#include "path/early.h"
#include "path/handshake.h"
#include "path/send.h"

/* So often it is sent in segments as large as they may be: what does not get
 * through then may be too large for a path that nobody tells us of. Where another
 * backend may be asked it is sent just once more.
 */
#define SEND_LARGE_TRIES	SLC_HS_SPARE_TRIES

int slc_send_make(const struct slc_early *e, const struct slc_flow *flow,
		  const struct slc_choice *to, struct slc_send **send)
{
	size_t room;
	int len;

	*send = NULL;
	if (!slc_sends_first(to->send_proxy))
		return 0;
	room = slc_compose_room(to, flow);
	*send = kmalloc(struct_size(*send, header, room),
			GFP_ATOMIC | __GFP_NOWARN);
	if (!*send)
		return -ENOMEM;
	len = slc_compose(to, flow, &e->key, (*send)->header, room);
	if (len < 0) {
		kfree(*send);
		*send = NULL;
		return len;
	}
	(*send)->len = len;
	(*send)->room = room;
	return 0;
}

void slc_send_begin(struct slc_early *e, struct slc_send *send)
{
	/* The other one's bytes stay charged: it is never many. */
	kfree(e->send);
	e->send = send;
	e->hs.added = send ? send->len : 0;
	if (send)
		slc_early_charge(e, struct_size(send, header, send->room));
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
