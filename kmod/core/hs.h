/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handshake we answer, as one state machine.
 *
 *	HALF_OPEN	SYN-ACK of ours sent, the sender's ACK awaited
 *	GATHER		the sender's PROXY header is coming in, in pieces
 *	CONNECT		header whole, or none expected; inner SYN sent, the
 *			application's answer awaited
 *	SENT		answered; a header of our own sent to it, its
 *			acknowledgment awaited
 *	DONE		the flow has its frozen numbers
 *	DEAD		given up; whoever still finds the entry lets it be
 *
 * The machine is given segments in numbers and says what to do; it sends,
 * routes and stores nothing. Until DONE it is the only TCP the sender talks
 * to, so it checks what a TCP in its place would (RFC 9293 3.10.7, RFC 5961,
 * RFC 7323): nothing behind it would catch what it lets pass.
 *
 * A header of our own lies before what the sender says: the inner numbers begin
 * by so many bytes earlier, and nothing is ever inserted into a packet. Until it
 * is acknowledged the application has nothing of the sender's, so another one
 * may still be asked; and nothing that it says is passed on: it will say it again.
 *
 * Locking: none here; the owner of a struct slc_hs serialises.
 */
#ifndef SLC_CORE_HS_H
#define SLC_CORE_HS_H

#include "base.h"
#include "tcpopt.h"
#include "xlate.h"

enum slc_hs_state {
	SLC_HS_HALF_OPEN,
	SLC_HS_GATHER,
	SLC_HS_CONNECT,
	SLC_HS_SENT,
	SLC_HS_DONE,
	SLC_HS_DEAD,
};

/* TCP flags, as in this byte of the header */
#define SLC_TCP_FLAGS_OFF	13

#define SLC_TCP_FIN	BIT(0)
#define SLC_TCP_SYN	BIT(1)
#define SLC_TCP_RST	BIT(2)
#define SLC_TCP_PSH	BIT(3)
#define SLC_TCP_ACK	BIT(4)
#define SLC_TCP_URG	BIT(5)
#define SLC_TCP_ECE	BIT(6)
#define SLC_TCP_CWR	BIT(7)

/* What we and the sender agreed on, and what we ask of the application */
#define SLC_HS_WSCALE	BIT(0)
#define SLC_HS_SACK	BIT(1)
#define SLC_HS_TS	BIT(2)
#define SLC_HS_ECN	BIT(3)

/* What to do; several at once */
#define SLC_HS_DO_SYNACK	BIT(0)	/* send our SYN-ACK */
#define SLC_HS_DO_ACK		BIT(1)	/* acknowledge what we have */
#define SLC_HS_DO_TAKE		BIT(2)	/* gather the new bytes, then call
					 * slc_hs_gathered()
					 */
#define SLC_HS_DO_HOLD		BIT(3)	/* keep the packet until DONE */
#define SLC_HS_DO_CONNECT	BIT(4)	/* send the inner SYN */
#define SLC_HS_DO_PUBLISH	BIT(5)	/* freeze and publish the flow */
#define SLC_HS_DO_RESET		BIT(6)	/* reset the sender's leg, forget */
#define SLC_HS_DO_FORGET	BIT(7)	/* forget; the sender has reset */
#define SLC_HS_DO_RST_REPLY	BIT(8)	/* answer this segment with a RST that
					 * its sender will believe; keep on
					 */
#define SLC_HS_DO_RETRY		BIT(9)	/* ask another application, then call
					 * slc_hs_retried() or slc_hs_last()
					 */
#define SLC_HS_DO_SEND		BIT(10)	/* send our header, from
					 * slc_hs.added_acked on
					 */
#define SLC_HS_DO_CHOOSE	BIT(11)	/* no header is expected: choose the
					 * application, then call
					 * slc_hs_chosen()
					 */

/* Why: for counters and traces */
enum slc_hs_why {
	SLC_HS_FINE,
	SLC_HS_BAD_SEQ,		/* outside the window */
	SLC_HS_BAD_ACK,		/* acknowledges what we never sent */
	SLC_HS_BAD_TS,		/* older than one we saw (PAWS), or forged */
	SLC_HS_BAD_RST,		/* reset in the window, but not exact */
	SLC_HS_BAD_FLAGS,	/* no ACK, or SYN where none belongs */
	SLC_HS_CUT,		/* the sender ended before its header did */
	SLC_HS_ABORTED,		/* the sender reset, its header whole */
	SLC_HS_SLOW,		/* header not whole in time */
	SLC_HS_REFUSED,		/* the application sent RST */
	SLC_HS_SILENT,		/* the application did not answer */
	SLC_HS_IN_USE,		/* challenge ACK: it knows this connection */
	SLC_HS_UNREACHABLE,	/* an ICMP error about our SYN */
	SLC_HS_UNACKED,		/* the application did not take our header */
};

/* Is it that an application has said nothing? */
static inline bool slc_hs_is_silent(enum slc_hs_why why)
{
	return why == SLC_HS_SILENT || why == SLC_HS_UNACKED;
}

/**
 * struct slc_hs_seg - a segment, host byte order
 * @seq: sequence number of its first byte
 * @ack: acknowledgement, if SLC_TCP_ACK
 * @len: payload bytes, SYN and FIN not counted
 * @tsval: timestamp, if @has_ts
 * @tsecr: timestamp echo, if @has_ts
 * @win: window field as sent
 * @flags: SLC_TCP_*
 * @has_ts: it has timestamps
 */
struct slc_hs_seg {
	u32 seq;
	u32 ack;
	u32 len;
	u32 tsval;
	u32 tsecr;
	u16 win;
	u8 flags;
	bool has_ts;
};

/**
 * struct slc_hs - a handshake
 * @irs: sender's initial sequence number
 * @iss: ours, towards the sender
 * @rcv_nxt: next byte expected from the sender
 * @rcv_acked: what our ACKs say: behind @rcv_nxt in CONNECT, when the segment
 *	that completed the header waits for the application's answer
 * @rcv_wnd: bytes behind @rcv_acked that the sender may send
 * @inner_iss: our initial sequence number towards the application
 * @ts_recent: sender's timestamp to echo
 * @ts_off: our timestamp = milliseconds + this
 * @ts_first: our timestamp in the first SYN-ACK
 * @inner_ts: our timestamp in the inner SYN, the first and each repeated one
 * @ts_base: sender's timestamp that became @inner_ts
 * @header_len: bytes of PROXY header, from CONNECT on
 * @added: bytes of the header that the application is sent; set before CONNECT
 * @added_acked: how many of them it has acknowledged
 * @inner_irs: initial sequence number of the application, from SENT on
 * @inner_end: end of what it has said, as far as that was seen
 * @peer_win: sender's window field, last seen, unscaled units
 * @peer_mss: sender's MSS
 * @state: enum slc_hs_state
 * @opts: SLC_HS_*: agreed with the sender
 * @our_wscale: shift of windows we send
 * @peer_wscale: shift of windows the sender sends
 * @tries: retransmissions in this state
 * @spare: further applications that may be asked
 * @bare: the sender begins without a header
 * @prompted: our header was sent again because the sender repeated itself, and the
 *	timer has not run out since
 */
struct slc_hs {
	u32 irs;
	u32 iss;
	u32 rcv_nxt;
	u32 rcv_acked;
	u32 rcv_wnd;
	u32 inner_iss;
	u32 ts_recent;
	u32 ts_off;
	u32 ts_first;
	u32 inner_ts;
	u32 ts_base;
	u32 inner_irs;
	u32 inner_end;
	u16 header_len;
	u16 added;
	u16 added_acked;
	u16 peer_win;
	u16 peer_mss;
	u8 state;
	u8 opts;
	u8 our_wscale;
	u8 peer_wscale;
	u8 tries;
	u8 spare;
	bool bare;
	bool prompted;
};

/**
 * struct slc_hs_out - the machine's answer
 * @act: SLC_HS_DO_*
 * @why: why, if something was wrong
 * @skip: with SLC_HS_DO_TAKE: payload bytes that we already have
 * @take: with SLC_HS_DO_TAKE: payload bytes after them, may be 0 with a FIN
 */
struct slc_hs_out {
	u32 act;
	enum slc_hs_why why;
	u32 skip;
	u32 take;
};

/* What we are able to promise in a SYN-ACK, see slc_hs_listen() */
struct slc_hs_offer {
	u8 opts;		/* SLC_HS_* */
	u8 wscale;
};

#define SLC_HS_SYN_WINDOW	65535	/* our window field in a SYN-ACK */
#define SLC_HS_SYNACK_TRIES	3	/* 1, 2, 4 s, forgotten after 8 more */
#define SLC_HS_SYN_TRIES	5	/* 1, 2, 4, 8, 16 s, refused after 32 more */
#define SLC_HS_SPARE_TRIES	1	/* 1, 2 s, if another may be asked */
#define SLC_HS_MIN_MSS		88	/* what Linux takes for the least */
#define SLC_HS_DEFAULT_MSS	536	/* RFC 9293 3.7.1, IPv4 */
#define SLC_HS_DEFAULT_MSS6	1220	/* the same, IPv6 */

/**
 * slc_hs_listen() - A SYN came: begin.
 * @hs: filled in
 * @seg: the SYN
 * @o: its options
 * @offer: what we may agree to
 * @iss: our initial sequence number
 * @now_ms: clock of our timestamps
 * @ts_off: added to it
 *
 * The sender is to be answered with a SYN-ACK.
 *
 * Context: Any. Pure.
 */
void slc_hs_listen(struct slc_hs *hs, const struct slc_hs_seg *seg,
		   const struct slc_tcpopts *o,
		   const struct slc_hs_offer *offer, u32 iss, u32 now_ms,
		   u32 ts_off);

/**
 * slc_hs_outer() - A segment of the sender's came.
 * @hs: the handshake
 * @seg: the segment, its checksum good
 * @now_ms: clock of our timestamps
 * @out: what to do
 *
 * Context: Any. Pure.
 */
void slc_hs_outer(struct slc_hs *hs, const struct slc_hs_seg *seg, u32 now_ms,
		  struct slc_hs_out *out);

/**
 * slc_hs_gathered() - What became of the bytes to take.
 * @hs: the handshake
 * @seg: the segment they came in
 * @out: the answer of slc_hs_outer() for it; taken further
 * @header: length of the header if it is now whole, 0 if it needs more,
 *	negative if it can never be one
 * @now_ms: clock of our timestamps
 *
 * Context: Any. Pure.
 */
void slc_hs_gathered(struct slc_hs *hs, const struct slc_hs_seg *seg,
		     struct slc_hs_out *out, int header, u32 now_ms);

/**
 * slc_hs_chosen() - The application for a sender without a header was chosen.
 * @hs: the handshake, after SLC_HS_DO_CHOOSE
 * @seg: the segment that asked for it
 * @out: the answer of slc_hs_outer() for it; taken further
 * @good: there is one; else the sender is reset
 * @now_ms: clock of our timestamps
 *
 * Context: Any. Pure.
 */
void slc_hs_chosen(struct slc_hs *hs, const struct slc_hs_seg *seg,
		   struct slc_hs_out *out, bool good, u32 now_ms);

/**
 * slc_hs_inner() - A segment of the application's came.
 * @hs: the handshake, in CONNECT or SENT
 * @seg: the segment
 * @out: what to do
 *
 * The segment that acknowledges the last of our header is the first that may be
 * relayed, if it says something.
 *
 * Context: Any. Pure.
 */
void slc_hs_inner(struct slc_hs *hs, const struct slc_hs_seg *seg,
		  struct slc_hs_out *out);

/**
 * slc_hs_unreachable() - Somebody says that our SYN did not arrive.
 * @hs: the handshake
 * @seq: number of the segment that he means
 * @out: what to do
 *
 * Context: Any. Pure.
 */
void slc_hs_unreachable(const struct slc_hs *hs, u32 seq,
			struct slc_hs_out *out);

/**
 * slc_hs_retried() - Another application is asked from now on.
 * @hs: the handshake, after SLC_HS_DO_RETRY
 * @out: what to do; taken further
 * @now_ms: clock of our timestamps
 *
 * Numbers of both streams stay, but for the length of our header, which is that of
 * the new one's by now; the clock is of now, for this application may have heard a
 * later one than the first.
 *
 * Context: Any. Pure.
 */
void slc_hs_retried(struct slc_hs *hs, struct slc_hs_out *out, u32 now_ms);

/**
 * slc_hs_last() - There is no other application to ask.
 * @hs: the handshake, after SLC_HS_DO_RETRY
 * @out: what to do; taken further
 *
 * One that is silent is waited for as if there had never been another.
 *
 * Context: Any. Pure.
 */
void slc_hs_last(struct slc_hs *hs, struct slc_hs_out *out);

/**
 * slc_hs_timer() - The timer ran out.
 * @hs: the handshake
 * @out: what to do
 *
 * Context: Any. Pure.
 */
void slc_hs_timer(struct slc_hs *hs, struct slc_hs_out *out);

/**
 * slc_hs_timeout_ms() - How long to wait now.
 * @hs: the handshake
 * @header_ms: the sender's time for its header, counted from its ACK
 * @age_ms: time since then; neither counts in other states than GATHER
 *
 * Return: milliseconds to the next slc_hs_timer().
 */
u32 slc_hs_timeout_ms(const struct slc_hs *hs, u32 header_ms, u32 age_ms);

/**
 * slc_hs_freeze() - The numbers of both directions, from the two handshakes.
 * @hs: the handshake, DONE
 * @synack: the application's SYN-ACK: its sequence number and flags
 * @o: its options
 * @now_ms: clock of our timestamps
 * @in: translation of what the sender sends
 * @out: translation of what the application sends
 *
 * Context: Any. Pure.
 * Return: false if the application declined something we had promised to the
 *	sender; the translations make up for it.
 */
bool slc_hs_freeze(const struct slc_hs *hs, const struct slc_hs_seg *synack,
		   const struct slc_tcpopts *o, u32 now_ms,
		   struct slc_xlate *in, struct slc_xlate *out);

#endif /* SLC_CORE_HS_H */
