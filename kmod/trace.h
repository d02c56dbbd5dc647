/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: every refusal with its reason, every change of state.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM sluice

#if !defined(SLC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SLC_TRACE_H

#include <linux/tracepoint.h>
#include <net/net_namespace.h>
#include "core/addr.h"
#include "core/hs.h"
#include "obj/flow.h"

/* The tool's names for reasons and states */
#define SLC_TRACE_WHYS							\
	EM(SLUICE_STAT_FLOWS_CLOSED, "flows-closed")			\
	EM(SLUICE_STAT_FLOWS_RESET, "flows-reset")			\
	EM(SLUICE_STAT_FLOWS_EXPIRED, "flows-expired")			\
	EM(SLUICE_STAT_FLOWS_FLUSHED, "flows-flushed")			\
	EM(SLUICE_STAT_COOKIE_REFUSED, "cookie-refused")		\
	EM(SLUICE_STAT_UNTRUSTED_DROPPED, "untrusted-dropped")		\
	EM(SLUICE_STAT_UNTRUSTED_RESET, "untrusted-reset")		\
	EM(SLUICE_STAT_BAD_SIGNATURE, "bad-signature")			\
	EM(SLUICE_STAT_BAD_VERSION, "bad-version")			\
	EM(SLUICE_STAT_BAD_COMMAND, "bad-command")			\
	EM(SLUICE_STAT_BAD_FAMILY, "bad-family")			\
	EM(SLUICE_STAT_BAD_LENGTH, "bad-length")			\
	EM(SLUICE_STAT_BAD_TLV, "bad-tlv")				\
	EM(SLUICE_STAT_BAD_CRC, "bad-crc")				\
	EM(SLUICE_STAT_BAD_V1, "bad-v1")				\
	EM(SLUICE_STAT_HEADER_TOO_LONG, "header-too-long")		\
	EM(SLUICE_STAT_HEADER_TIMEOUT, "header-timeout")		\
	EM(SLUICE_STAT_HEADER_CUT, "header-cut")			\
	EM(SLUICE_STAT_CLIENT_REFUSED, "client-refused")		\
	EM(SLUICE_STAT_CLIENT_NO_ROUTE, "client-no-route")		\
	EM(SLUICE_STAT_CLIENT_IN_USE, "client-in-use")			\
	EM(SLUICE_STAT_FAMILY_REFUSED, "family-refused")		\
	EM(SLUICE_STAT_CONNECT_REFUSED, "connect-refused")		\
	EM(SLUICE_STAT_CONNECT_TIMEOUT, "connect-timeout")		\
	EM(SLUICE_STAT_CONNECT_UNREACHABLE, "connect-unreachable")	\
	EM(SLUICE_STAT_HALF_OPEN_EVICTED, "half-open-evicted")		\
	EM(SLUICE_STAT_HALF_OPEN_LIMIT, "half-open-limit")		\
	EM(SLUICE_STAT_FLOW_LIMIT, "flow-limit")			\
	EM(SLUICE_STAT_HOLD_LIMIT, "hold-limit")			\
	EM(SLUICE_STAT_ACK_INVALID, "ack-invalid")			\
	EM(SLUICE_STAT_SEQ_INVALID, "seq-invalid")			\
	EM(SLUICE_STAT_PAWS_REJECTED, "paws-rejected")			\
	EM(SLUICE_STAT_RST_INEXACT, "rst-inexact")			\
	EM(SLUICE_STAT_NO_FLOW, "no-flow")				\
	EM(SLUICE_STAT_SPOOFED, "spoofed")				\
	EM(SLUICE_STAT_NOT_LOCAL, "not-local")				\
	EM(SLUICE_STAT_RP_FILTERED, "rp-filtered")			\
	EM(SLUICE_STAT_TOO_BIG, "too-big")				\
	EM(SLUICE_STAT_ICMP_DROPPED, "icmp-dropped")			\
	EM(SLUICE_STAT_XFRM_DENIED, "xfrm-denied")			\
	EM(SLUICE_STAT_BAD_PACKET, "bad-packet")			\
	EM(SLUICE_STAT_FRAGMENT_DROPPED, "fragment-dropped")		\
	EM(SLUICE_STAT_NO_MEMORY, "no-memory")				\
	EM(SLUICE_STAT_DRAINING, "draining")				\
	EM(SLUICE_STAT_BYPASS_REFUSED, "bypass-refused")		\
	EM(SLUICE_STAT_NO_BACKEND, "no-backend")			\
	EM(SLUICE_STAT_NO_PORT, "no-port")				\
	EM(SLUICE_STAT_FLOWS_MOVED, "flows-moved")			\
	EM(SLUICE_STAT_CONNECT_ABANDONED, "connect-abandoned")		\
	EM(SLUICE_STAT_CONNECT_RETRIED, "connect-retried")		\
	EM(SLUICE_STAT_HEADER_SENT, "header-sent")		\
	EM(SLUICE_STAT_HEADER_UNACKED, "header-unacked")			\
	EM(SLUICE_STAT_DECAPSULATED, "decapsulated")			\
	EM(SLUICE_STAT_TUNNEL_REFUSED, "tunnel-refused")			\
	EM_LAST(SLUICE_STAT_FLOWS_ADOPTED, "flows-adopted")

#define SLC_TRACE_FLOW_STATES						\
	EM(SLUICE_FLOW_STATE_ESTABLISHED, "established")		\
	EM(SLUICE_FLOW_STATE_FIN_IN, "fin-in")				\
	EM(SLUICE_FLOW_STATE_FIN_OUT, "fin-out")			\
	EM(SLUICE_FLOW_STATE_CLOSING, "closing")			\
	EM_LAST(SLUICE_FLOW_STATE_RESET, "reset")

#define SLC_TRACE_HS_STATES						\
	EM(SLC_HS_HALF_OPEN, "half-open")				\
	EM(SLC_HS_GATHER, "gather")					\
	EM(SLC_HS_CONNECT, "connect")					\
	EM(SLC_HS_SENT, "sent")						\
	EM(SLC_HS_DONE, "done")						\
	EM_LAST(SLC_HS_DEAD, "dead")

/* Who reads traces in user space needs the numbers, too. */
#undef EM
#undef EM_LAST
#define EM(_value, _name)	TRACE_DEFINE_ENUM(_value);
#define EM_LAST(_value, _name)	TRACE_DEFINE_ENUM(_value);
SLC_TRACE_WHYS
SLC_TRACE_FLOW_STATES
SLC_TRACE_HS_STATES
#undef EM
#undef EM_LAST
#define EM(_value, _name)	{ _value, _name },
#define EM_LAST(_value, _name)	{ _value, _name }

#define SLC_TRACE_TUPLE_FIELDS			\
	__field(u32, netns)			\
	__array(u8, src, 16)			\
	__array(u8, dst, 16)			\
	__field(u16, sport)			\
	__field(u16, dport)

#define SLC_TRACE_TUPLE_ASSIGN(net, t)					\
	do {								\
		__entry->netns = (net)->ns.inum;			\
		memcpy(__entry->src, (t)->src.b, 16);			\
		memcpy(__entry->dst, (t)->dst.b, 16);			\
		__entry->sport = ntohs((t)->sport);			\
		__entry->dport = ntohs((t)->dport);			\
	} while (0)

#define SLC_TRACE_TUPLE_FMT "netns=%u src=[%pI6c]:%u dst=[%pI6c]:%u"

#define SLC_TRACE_TUPLE_ARGS						\
	__entry->netns, __entry->src, __entry->sport, __entry->dst,	\
	__entry->dport

/* A packet goes no further: why is enum sluice_stat. */
TRACE_EVENT(sluice_refuse,
	TP_PROTO(const struct net *net, const struct slc_tuple *t, int why),
	TP_ARGS(net, t, why),
	TP_STRUCT__entry(
		SLC_TRACE_TUPLE_FIELDS
		__field(int, why)
	),
	TP_fast_assign(
		SLC_TRACE_TUPLE_ASSIGN(net, t);
		__entry->why = why;
	),
	TP_printk(SLC_TRACE_TUPLE_FMT " why=%s", SLC_TRACE_TUPLE_ARGS,
		  __print_symbolic(__entry->why, SLC_TRACE_WHYS))
);

/* A handshake's state, and why it, or a packet of it, goes no further if @why
 * is not 0.
 */
TRACE_EVENT(sluice_handshake,
	TP_PROTO(const struct net *net, const struct slc_tuple *t,
		 const struct slc_hs *hs, int why),
	TP_ARGS(net, t, hs, why),
	TP_STRUCT__entry(
		SLC_TRACE_TUPLE_FIELDS
		__field(int, why)
		__field(u8, state)
		__field(u8, opts)
		__field(u16, mss)
		__field(u16, header_len)
	),
	TP_fast_assign(
		SLC_TRACE_TUPLE_ASSIGN(net, t);
		__entry->why = why;
		__entry->state = hs->state;
		__entry->opts = hs->opts;
		__entry->mss = hs->peer_mss;
		__entry->header_len = hs->header_len;
	),
	TP_printk(SLC_TRACE_TUPLE_FMT " state=%s opts=%#x mss=%u header=%u why=%s",
		  SLC_TRACE_TUPLE_ARGS,
		  __print_symbolic(__entry->state, SLC_TRACE_HS_STATES),
		  __entry->opts, __entry->mss, __entry->header_len,
		  __print_symbolic(__entry->why, { 0, "none" }, SLC_TRACE_WHYS))
);

#define SLC_TRACE_FLOW_FMT						\
	" client=[%pI6c]:%u backend=[%pI6c]:%u bytes=%llu/%llu state=%s why=%s"

/* A flow's state, enum sluice_flow_state, and why it ends if @why is not 0. */
TRACE_EVENT(sluice_flow,
	TP_PROTO(const struct slc_flow *flow, u8 state, int why),
	TP_ARGS(flow, state, why),
	TP_STRUCT__entry(
		SLC_TRACE_TUPLE_FIELDS
		__array(u8, client, 16)
		__array(u8, backend, 16)
		__field(u16, cport)
		__field(u16, bport)
		__field(u64, id)
		__field(u64, bytes_in)
		__field(u64, bytes_out)
		__field(int, why)
		__field(u8, state)
	),
	TP_fast_assign(
		SLC_TRACE_TUPLE_ASSIGN(flow->sn->net, &flow->half[SLC_IN].key);
		memcpy(__entry->client, flow->half[SLC_OUT].key.dst.b, 16);
		__entry->cport = ntohs(flow->half[SLC_OUT].key.dport);
		memcpy(__entry->backend, flow->half[SLC_OUT].key.src.b, 16);
		__entry->bport = ntohs(flow->half[SLC_OUT].key.sport);
		__entry->bytes_in = atomic64_read(&flow->half[SLC_IN].bytes);
		__entry->bytes_out = atomic64_read(&flow->half[SLC_OUT].bytes);
		__entry->id = flow->id;
		__entry->why = why;
		__entry->state = state;
	),
	TP_printk("id=%llu " SLC_TRACE_TUPLE_FMT SLC_TRACE_FLOW_FMT,
		  __entry->id, SLC_TRACE_TUPLE_ARGS, __entry->client,
		  __entry->cport, __entry->backend, __entry->bport,
		  __entry->bytes_in, __entry->bytes_out,
		  __print_symbolic(__entry->state, SLC_TRACE_FLOW_STATES),
		  __print_symbolic(__entry->why, { 0, "none" }, SLC_TRACE_WHYS))
);

#endif /* SLC_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
