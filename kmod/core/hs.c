// SPDX-License-Identifier: GPL-2.0
/*
 * The handshake we answer. See hs.h.
 */
#include "hs.h"

void slc_hs_listen(struct slc_hs *hs, const struct slc_hs_seg *seg,
		   const struct slc_tcpopts *o,
		   const struct slc_hs_offer *offer, u32 iss, u32 now_ms,
		   u32 ts_off)
{
	u8 asked = 0;

	if (o->has_wscale)
		asked |= SLC_HS_WSCALE;
	if (o->sack_perm)
		asked |= SLC_HS_SACK;
	if (o->has_ts)
		asked |= SLC_HS_TS;
	/* RFC 3168 6.1.1: both bits on a SYN ask for ECN */
	if ((seg->flags & (SLC_TCP_ECE | SLC_TCP_CWR)) ==
	    (SLC_TCP_ECE | SLC_TCP_CWR))
		asked |= SLC_HS_ECN;

	*hs = (struct slc_hs) {
		.irs = seg->seq,
		.iss = iss,
		.rcv_nxt = seg->seq + 1,
		.rcv_acked = seg->seq + 1,
		.rcv_wnd = SLC_HS_SYN_WINDOW,
		.ts_recent = o->tsval,
		.ts_off = ts_off,
		.ts_first = now_ms + ts_off,
		.peer_win = seg->win,
		.peer_mss = o->mss ? max_t(u16, o->mss, SLC_HS_MIN_MSS) :
				     SLC_HS_DEFAULT_MSS,
		.state = SLC_HS_HALF_OPEN,
		.opts = asked & offer->opts,
	};
	if (hs->opts & SLC_HS_WSCALE) {
		hs->our_wscale = offer->wscale;
		hs->peer_wscale = o->wscale;
	}
}

static void hs_refuse(struct slc_hs_out *out, enum slc_hs_why why, u32 act)
{
	out->act = act;
	out->why = why;
}

/* A reset is believed when it hits the mark; near misses are challenged
 * (RFC 5961 3.2), the rest is noise.
 */
static void hs_outer_rst(const struct slc_hs *hs, const struct slc_hs_seg *seg,
			 struct slc_hs_out *out)
{
	u32 at = seg->seq - hs->rcv_acked;

	if (seg->seq == hs->rcv_nxt || seg->seq == hs->rcv_acked)
		hs_refuse(out, hs->state >= SLC_HS_CONNECT ? SLC_HS_ABORTED :
			       SLC_HS_CUT, SLC_HS_DO_FORGET);
	else if (at < hs->rcv_wnd)
		hs_refuse(out, SLC_HS_BAD_RST, SLC_HS_DO_ACK);
	else
		hs_refuse(out, SLC_HS_BAD_RST, 0);
}

/* Everything a segment must pass before its bytes count. */
static bool hs_outer_acceptable(const struct slc_hs *hs,
				const struct slc_hs_seg *seg, u32 now_ms,
				struct slc_hs_out *out)
{
	u32 end = seg->seq + seg->len + !!(seg->flags & SLC_TCP_FIN);

	if (!(seg->flags & SLC_TCP_ACK)) {
		hs_refuse(out, SLC_HS_BAD_FLAGS, 0);
		return false;
	}

	/* We have sent a SYN and nothing else: one number acknowledges it. */
	if (seg->ack != hs->iss + 1) {
		/* RFC 9293 3.10.7.4: unsynchronised, reset what is not ours */
		if (hs->state == SLC_HS_HALF_OPEN)
			hs_refuse(out, SLC_HS_BAD_ACK, SLC_HS_DO_RST_REPLY);
		else
			hs_refuse(out, SLC_HS_BAD_ACK, SLC_HS_DO_ACK);
		return false;
	}

	if (hs->opts & SLC_HS_TS) {
		/* RFC 7323 3.2: once agreed on, every segment has them */
		if (!seg->has_ts) {
			hs_refuse(out, SLC_HS_BAD_TS, 0);
			return false;
		}
		/* An echo of a time at which we sent nothing was guessed. */
		if (slc_seq_before(seg->tsecr, hs->ts_first) ||
		    slc_seq_after(seg->tsecr, now_ms + hs->ts_off)) {
			hs_refuse(out, SLC_HS_BAD_TS, 0);
			return false;
		}
		if (slc_seq_before(seg->tsval, hs->ts_recent)) {
			hs_refuse(out, SLC_HS_BAD_TS, SLC_HS_DO_ACK);
			return false;
		}
	}

	/* Some of it within what we offered; old copies are acked again. */
	if (slc_seq_before(end, hs->rcv_acked) ||
	    slc_seq_after(end, hs->rcv_acked + hs->rcv_wnd)) {
		hs_refuse(out, SLC_HS_BAD_SEQ, SLC_HS_DO_ACK);
		return false;
	}
	return true;
}

static void hs_gather(struct slc_hs *hs, const struct slc_hs_seg *seg,
		      struct slc_hs_out *out)
{
	u32 end = seg->seq + seg->len;
	bool fin = seg->flags & SLC_TCP_FIN;

	if (!seg->len && !fin) {
		/* Bare ACK; one behind the mark is a keep-alive probe */
		if (seg->seq != hs->rcv_nxt)
			out->act = SLC_HS_DO_ACK;
		return;
	}
	if (slc_seq_after(seg->seq, hs->rcv_nxt)) {
		/* Out of order: a header is too short to be worth a queue.
		 * The repeated ACK tells the sender what is missing.
		 */
		out->act = SLC_HS_DO_ACK;
		return;
	}
	if (!slc_seq_after(end, hs->rcv_nxt) &&
	    !(fin && end == hs->rcv_nxt)) {
		out->act = SLC_HS_DO_ACK;
		return;
	}

	/* What overlaps came before: the first copy of a byte wins. */
	out->act = SLC_HS_DO_TAKE;
	out->skip = hs->rcv_nxt - seg->seq;
	out->take = end - hs->rcv_nxt;
}

static void hs_connect(struct slc_hs *hs, const struct slc_hs_seg *seg,
		       struct slc_hs_out *out)
{
	u32 end = seg->seq + seg->len + !!(seg->flags & SLC_TCP_FIN);

	if (end == seg->seq)
		return;
	if (!slc_seq_after(end, hs->rcv_acked)) {
		out->act = SLC_HS_DO_ACK;
		return;
	}
	if (!slc_seq_after(end, hs->rcv_nxt)) {
		/* The segment we sit on comes again: the sender is getting
		 * impatient, so ask the application again. A header of ours
		 * may be many times as long as what asks for it: once for
		 * each time that we would have sent it anyway.
		 */
		if (hs->state != SLC_HS_SENT)
			out->act = SLC_HS_DO_CONNECT;
		else if (!hs->prompted)
			out->act = SLC_HS_DO_SEND;
		hs->prompted = hs->state == SLC_HS_SENT;
		return;
	}

	out->act = SLC_HS_DO_HOLD;
	if (!slc_seq_after(seg->seq, hs->rcv_nxt))
		hs->rcv_nxt = end;
}

void slc_hs_outer(struct slc_hs *hs, const struct slc_hs_seg *seg, u32 now_ms,
		  struct slc_hs_out *out)
{
	*out = (struct slc_hs_out) { };

	if (hs->state >= SLC_HS_DONE)
		return;

	if (seg->flags & SLC_TCP_RST) {
		hs_outer_rst(hs, seg, out);
		return;
	}

	if (seg->flags & SLC_TCP_SYN) {
		/* Ours got lost, or theirs came twice; any other SYN is
		 * challenged (RFC 5961 4.2): one who really starts anew
		 * will reset us.
		 */
		if (!(seg->flags & SLC_TCP_ACK) && seg->seq == hs->irs &&
		    hs->state == SLC_HS_HALF_OPEN)
			out->act = SLC_HS_DO_SYNACK;
		else
			hs_refuse(out, SLC_HS_BAD_FLAGS, SLC_HS_DO_ACK);
		return;
	}

	if (!hs_outer_acceptable(hs, seg, now_ms, out))
		return;

	if (hs->state == SLC_HS_HALF_OPEN) {
		hs->state = SLC_HS_GATHER;
		hs->tries = 0;
	}

	/* RFC 7323 4.3: only what reaches back to our last ACK counts */
	if (!slc_seq_after(seg->seq, hs->rcv_acked))
		hs->ts_recent = seg->tsval;
	hs->peer_win = seg->win;

	if (hs->state != SLC_HS_GATHER)
		hs_connect(hs, seg, out);
	else if (hs->bare)
		out->act = SLC_HS_DO_CHOOSE;
	else
		hs_gather(hs, seg, out);
}

/* The application is to be asked. Its clock is ours, not the sender's whose
 * offset differs by port, for it compares what it hears with its TIME_WAIT
 * sockets. A repeated SYN bears the same one: a later one would make what we hold
 * look old (PAWS).
 */
static void hs_begin_connect(struct slc_hs *hs, u32 now_ms)
{
	hs->inner_iss = hs->irs + hs->header_len - hs->added;
	hs->inner_ts = now_ms;
	hs->ts_base = hs->ts_recent;
	hs->state = SLC_HS_CONNECT;
	hs->tries = 0;
}

void slc_hs_chosen(struct slc_hs *hs, const struct slc_hs_seg *seg,
		   struct slc_hs_out *out, bool good, u32 now_ms)
{
	if (!good) {
		out->act = SLC_HS_DO_RESET;
		return;
	}
	hs_begin_connect(hs, now_ms);
	/* What it says with its first segment is held, or it says nothing. */
	out->act = 0;
	hs_connect(hs, seg, out);
	out->act |= SLC_HS_DO_CONNECT;
}

void slc_hs_gathered(struct slc_hs *hs, const struct slc_hs_seg *seg,
		     struct slc_hs_out *out, int header, u32 now_ms)
{
	bool fin = seg->flags & SLC_TCP_FIN;
	u32 got;

	hs->rcv_nxt += out->take;
	if (header < 0) {
		out->act = SLC_HS_DO_RESET;
		return;
	}
	if (!header) {
		if (fin) {
			hs_refuse(out, SLC_HS_CUT, SLC_HS_DO_RESET);
			return;
		}
		/* At once: a sender that waits for this ACK before its next
		 * piece (Nagle) would else lose a delayed-ACK time for each.
		 */
		hs->rcv_acked = hs->rcv_nxt;
		out->act = SLC_HS_DO_ACK;
		return;
	}

	/* This segment stays unacknowledged until the application answers, so
	 * that a sender knows no more than it would without us.
	 */
	got = hs->rcv_nxt - (hs->irs + 1);
	hs->header_len = header;
	hs_begin_connect(hs, now_ms);
	hs->rcv_nxt += fin;
	out->act = SLC_HS_DO_CONNECT;
	if (got > (u32)header || fin)
		out->act |= SLC_HS_DO_HOLD;
}

/* The application does not want the connection. */
static void hs_failed(const struct slc_hs *hs, enum slc_hs_why why,
		      struct slc_hs_out *out)
{
	hs_refuse(out, why, hs->spare ? SLC_HS_DO_RETRY : SLC_HS_DO_RESET);
}

static void hs_inner_synack(struct slc_hs *hs, const struct slc_hs_seg *seg,
			    struct slc_hs_out *out)
{
	if (seg->flags & SLC_TCP_RST) {
		if (seg->ack == hs->inner_iss + 1)
			hs_failed(hs, SLC_HS_REFUSED, out);
		return;
	}
	if (!(seg->flags & SLC_TCP_SYN)) {
		/* To a SYN only a live connection answers with a bare ACK.
		 * It is not ours to break.
		 */
		hs_refuse(out, SLC_HS_IN_USE, SLC_HS_DO_RESET);
		return;
	}
	if (seg->ack != hs->inner_iss + 1) {
		hs_refuse(out, SLC_HS_BAD_ACK, 0);
		return;
	}
	if (!hs->added) {
		hs->state = SLC_HS_DONE;
		out->act = SLC_HS_DO_PUBLISH;
		return;
	}
	hs->inner_irs = seg->seq;
	hs->inner_end = seg->seq + 1;
	hs->added_acked = 0;
	hs->state = SLC_HS_SENT;
	hs->tries = 0;
	hs->prompted = false;
	out->act = SLC_HS_DO_SEND;
}

/* Is a reset one that answers what we said, and not somebody's guess? At what we
 * acknowledge, or at the end of what we have seen of it and not passed on.
 */
static bool hs_inner_rst_exact(const struct slc_hs *hs,
			       const struct slc_hs_seg *seg)
{
	return seg->seq == hs->inner_irs + 1 || seg->seq == hs->inner_end;
}

/* Our header is on its way. Only what the application acknowledges of it counts. */
static void hs_inner_acks(struct slc_hs *hs, const struct slc_hs_seg *seg,
			  struct slc_hs_out *out)
{
	u32 end = seg->seq + seg->len + !!(seg->flags & SLC_TCP_FIN);
	u32 acked = seg->ack - (hs->inner_iss + 1);

	if (seg->flags & SLC_TCP_RST) {
		if (hs_inner_rst_exact(hs, seg))
			hs_failed(hs, SLC_HS_REFUSED, out);
		else
			hs_refuse(out, SLC_HS_BAD_RST, 0);
		return;
	}
	if (seg->flags & SLC_TCP_SYN) {
		/* It has not heard us. Another one's is of no connection. */
		if (seg->seq == hs->inner_irs && !acked && !hs->added_acked)
			out->act = SLC_HS_DO_SEND;
		return;
	}
	if (acked > hs->added) {
		hs_refuse(out, SLC_HS_BAD_ACK, 0);
		return;
	}
	if (slc_seq_before(seg->seq, hs->inner_irs + 1) ||
	    slc_seq_after(end, hs->inner_irs + 1 + SLC_HS_SYN_WINDOW)) {
		hs_refuse(out, SLC_HS_BAD_SEQ, 0);
		return;
	}
	if (slc_seq_after(end, hs->inner_end))
		hs->inner_end = end;
	if (acked == hs->added) {
		hs->added_acked = acked;
		hs->state = SLC_HS_DONE;
		out->act = SLC_HS_DO_PUBLISH;
	} else if (acked > hs->added_acked) {
		/* What is left waits for the timer, or is under way. */
		hs->added_acked = acked;
		hs->tries = 0;
	}
}

void slc_hs_inner(struct slc_hs *hs, const struct slc_hs_seg *seg,
		  struct slc_hs_out *out)
{
	*out = (struct slc_hs_out) { };

	/* A reset that answers an acknowledgment has none (RFC 9293 3.10.7.1). */
	if (hs->state == SLC_HS_CONNECT && seg->flags & SLC_TCP_ACK)
		hs_inner_synack(hs, seg, out);
	else if (hs->state == SLC_HS_SENT &&
		 seg->flags & (SLC_TCP_ACK | SLC_TCP_RST))
		hs_inner_acks(hs, seg, out);
}

void slc_hs_unreachable(const struct slc_hs *hs, u32 seq,
			struct slc_hs_out *out)
{
	*out = (struct slc_hs_out) { };

	/* We have sent nothing else; what somebody made up he has guessed. */
	if (hs->state == SLC_HS_CONNECT && seq == hs->inner_iss)
		hs_failed(hs, SLC_HS_UNREACHABLE, out);
}

void slc_hs_retried(struct slc_hs *hs, struct slc_hs_out *out, u32 now_ms)
{
	/* What we hold is no older than @ts_base, which this becomes. */
	hs->inner_ts = now_ms;
	hs->inner_iss = hs->irs + hs->header_len - hs->added;
	hs->added_acked = 0;
	hs->state = SLC_HS_CONNECT;
	hs->tries = 0;
	*out = (struct slc_hs_out) { .act = SLC_HS_DO_CONNECT };
}

void slc_hs_last(struct slc_hs *hs, struct slc_hs_out *out)
{
	hs->spare = 0;
	if (slc_hs_is_silent(out->why))
		slc_hs_timer(hs, out);
	else
		out->act = SLC_HS_DO_RESET;
}

void slc_hs_timer(struct slc_hs *hs, struct slc_hs_out *out)
{
	bool sent;

	*out = (struct slc_hs_out) { };

	switch ((enum slc_hs_state)hs->state) {
	case SLC_HS_HALF_OPEN:
		if (hs->tries++ < SLC_HS_SYNACK_TRIES)
			out->act = SLC_HS_DO_SYNACK;
		else
			hs_refuse(out, SLC_HS_SLOW, SLC_HS_DO_FORGET);
		return;
	case SLC_HS_GATHER:
		hs_refuse(out, SLC_HS_SLOW, SLC_HS_DO_RESET);
		return;
	case SLC_HS_CONNECT:
	case SLC_HS_SENT:
		sent = hs->state == SLC_HS_SENT;
		if (hs->tries < (hs->spare ? SLC_HS_SPARE_TRIES :
					     SLC_HS_SYN_TRIES)) {
			hs->tries++;
			hs->prompted = false;
			out->act = sent ? SLC_HS_DO_SEND : SLC_HS_DO_CONNECT;
		} else {
			hs_failed(hs, sent ? SLC_HS_UNACKED : SLC_HS_SILENT,
				  out);
		}
		return;
	case SLC_HS_DONE:
	case SLC_HS_DEAD:
		return;
	}
}

u32 slc_hs_timeout_ms(const struct slc_hs *hs, u32 header_ms, u32 age_ms)
{
	if (hs->state == SLC_HS_GATHER)
		return age_ms < header_ms ? header_ms - age_ms : 1;
	return 1000U << hs->tries;
}

bool slc_hs_freeze(const struct slc_hs *hs, const struct slc_hs_seg *synack,
		   const struct slc_tcpopts *o, u32 now_ms,
		   struct slc_xlate *in, struct slc_xlate *out)
{
	u32 d = hs->iss - synack->seq;
	u8 app_wscale = 0;
	bool kept = true;

	*in = (struct slc_xlate) { .ack_add = -d };
	*out = (struct slc_xlate) { .seq_add = d };

	if (hs->opts & SLC_HS_WSCALE) {
		if (o->has_wscale) {
			app_wscale = o->wscale;
		} else {
			/* It will read the sender's windows unscaled. */
			in->win_shift = hs->peer_wscale;
			kept = false;
		}
		out->win_shift = app_wscale - hs->our_wscale;
	}

	if (hs->opts & SLC_HS_SACK) {
		if (o->sack_perm) {
			in->flags |= SLC_XL_SACK;
		} else {
			in->flags |= SLC_XL_DROP_SACK;
			kept = false;
		}
	}

	if (hs->opts & SLC_HS_TS) {
		if (o->has_ts) {
			in->flags |= SLC_XL_TS;
			out->flags |= SLC_XL_TS;
			in->tsval_add = hs->inner_ts - hs->ts_base;
			out->tsecr_add = -in->tsval_add;
			out->tsval_add = now_ms + hs->ts_off - o->tsval;
			in->tsecr_add = -out->tsval_add;
		} else {
			in->flags |= SLC_XL_DROP_TS;
			kept = false;
		}
	}

	if ((hs->opts & SLC_HS_ECN) && !(synack->flags & SLC_TCP_ECE))
		kept = false;
	return kept;
}
