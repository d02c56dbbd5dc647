/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A sender, a network and an application for slc_hs to meet, and a referee.
 *
 * The sender has a header and some payload to say; the network cuts, loses,
 * repeats, reorders and forges. The referee knows what the words of hs.h and
 * the RFCs they name ask for, computes with positions in the stream instead of
 * sequence numbers, and says what is wrong, or NULL. Choices come from
 * hs_pick(): random numbers in hs_test.c, the input's bytes in hs_fuzz.c.
 */
#ifndef SLC_TEST_HS_MODEL_H
#define SLC_TEST_HS_MODEL_H

#include "core/hs.h"
#include "rnd.h"

#define HS_HEADER_MAX	300
#define HS_WINDOW	65535

struct hs_model {
	/* where choices come from: bytes if there are any, else @seed */
	const u8 *bytes;
	size_t n_bytes;
	bool by_bytes;
	u64 seed;

	struct slc_hs hs;
	u32 irs, iss, ts_off, sender_ts;
	u32 now, synack_at;
	int header;		/* length of the sender's header, 0 for none */
	u32 added;		/* of ours */
	u32 added_acked;
	bool prompted;		/* our header sent again since the last timer */
	bool ts;

	/* what the referee knows, as positions: 0 is the first byte */
	s64 got;		/* gathered, in order */
	s64 acked;
	s64 held;		/* all before is with us, in order */
	s64 sent;		/* the sender has said all before it */
	u32 ts_recent;
	u8 state;
	u8 first[HS_HEADER_MAX + 64];	/* copy of each byte that came first */
	u8 gathered[HS_HEADER_MAX + 64];
	size_t n_gathered;
	int timers;
	struct slc_hs_seg last;
	u8 last_copy;
};

/* 0 <= result < @n; 0 when the input has ended */
static inline u32 hs_pick(struct hs_model *m, u32 n)
{
	u32 v;

	if (!m->by_bytes)
		return rnd_below(&m->seed, n);
	if (!m->n_bytes)
		return 0;
	v = *m->bytes++;
	m->n_bytes--;
	if (n > 256 && m->n_bytes) {
		v = v << 8 | *m->bytes++;
		m->n_bytes--;
	}
	return v % n;
}

/* Where there are no choices left, no more mishaps are made of zeros. */
static inline bool hs_goes_on(const struct hs_model *m)
{
	return !m->by_bytes || m->n_bytes;
}

/* Byte @at of the stream, in one of its copies: 0 is the sender's. */
static inline u8 hs_byte(s64 at, u8 copy)
{
	return (u8)(at * 7 + (at >> 8) + copy * 101);
}

static inline s64 hs_pos(const struct hs_model *m, u32 seq)
{
	return (s32)(seq - m->irs - 1);
}

/* What is to be done with a reset: RFC 5961 3.2, and hs.h. */
static inline u32 hs_ref_rst(const struct hs_model *m, s64 at)
{
	if (at == m->acked || at == m->held)
		return SLC_HS_DO_FORGET;
	if (at > m->acked && at < m->acked + HS_WINDOW)
		return SLC_HS_DO_ACK;
	return 0;
}

/* Would a TCP in this place take the segment? RFC 9293 3.10.7.4, RFC 7323 5.3;
 * *@reply is what it would say if not.
 */
static inline bool hs_ref_takes(const struct hs_model *m,
				const struct slc_hs_seg *s, u32 *reply)
{
	s64 end = hs_pos(m, s->seq) + s->len + !!(s->flags & SLC_TCP_FIN);

	*reply = 0;
	if (!(s->flags & SLC_TCP_ACK))
		return false;
	if (s->ack != m->iss + 1) {
		*reply = m->state == SLC_HS_HALF_OPEN ? SLC_HS_DO_RST_REPLY :
							SLC_HS_DO_ACK;
		return false;
	}
	if (m->ts && (!s->has_ts ||
		      (s32)(s->tsecr - (m->synack_at + m->ts_off)) < 0 ||
		      (s32)(s->tsecr - (m->now + m->ts_off)) > 0))
		return false;
	*reply = SLC_HS_DO_ACK;
	if (m->ts && (s32)(s->tsval - m->ts_recent) < 0)
		return false;
	return end >= m->acked && end <= m->acked + HS_WINDOW;
}

/* The machine's answer to a segment that it had better not take. */
static inline const char *hs_ref_refused(const struct hs_model *m,
					 const struct slc_hs_seg *s,
					 const struct slc_hs_out *out,
					 const struct slc_hs *was, u32 reply)
{
	if (out->act & (SLC_HS_DO_TAKE | SLC_HS_DO_HOLD | SLC_HS_DO_CONNECT |
			SLC_HS_DO_PUBLISH | SLC_HS_DO_RESET))
		return "acted on a segment that no TCP would take";
	if (out->act != reply)
		return "wrong reply to a segment that no TCP would take";
	if (out->why == SLC_HS_FINE && !(s->flags & SLC_TCP_SYN))
		return "refused without saying why";
	if (memcmp(was, &m->hs, sizeof(*was)))
		return "remembers a segment that no TCP would take";
	return NULL;
}

/* The application is asked for the first time. */
static inline const char *hs_ref_begun(const struct hs_model *m)
{
	if (m->hs.inner_iss + 1 + m->added != m->irs + 1 + m->header)
		return "wrong inner sequence number";
	if (m->hs.inner_ts != m->now)
		return "inner SYN not on our clock";
	if (m->ts && m->hs.ts_base != m->ts_recent)
		return "timestamps not rebased on the last segment";
	return NULL;
}

static inline const char *hs_ref_gather(struct hs_model *m,
					const struct slc_hs_seg *s, u8 copy,
					struct slc_hs_out *out)
{
	s64 at = hs_pos(m, s->seq), end = at + s->len;
	bool fin = s->flags & SLC_TCP_FIN;
	bool news = end > m->got || (fin && end == m->got);
	s64 i;
	int ret;

	if (at > m->got || !news) {
		bool silent = !s->len && !fin && at == m->got;

		if (out->act != (silent ? 0 : SLC_HS_DO_ACK))
			return "nothing new, but other than an ACK";
		return NULL;
	}
	if (out->act != SLC_HS_DO_TAKE)
		return "did not take the next bytes";
	if (at + out->skip != m->got || out->skip + out->take != s->len)
		return "took other bytes than the next ones";

	/* The referee goes by positions, the gatherer by what it was told. */
	for (i = m->got; i < end && i < (s64)sizeof(m->first); i++)
		m->first[i] = hs_byte(i, copy);
	for (i = 0; i < out->take && m->n_gathered < sizeof(m->gathered); i++)
		m->gathered[m->n_gathered++] =
			hs_byte(hs_pos(m, s->seq) + out->skip + i, copy);
	m->got = end;
	ret = m->got >= m->header ? m->header : 0;
	slc_hs_gathered(&m->hs, s, out, ret, m->now);

	if (!ret && fin) {
		if (out->act != SLC_HS_DO_RESET || out->why != SLC_HS_CUT)
			return "FIN before the header's end, but no reset";
		m->state = SLC_HS_DEAD;
		return NULL;
	}
	if (!ret) {
		m->acked = m->got;
		m->held = m->got;
		if (out->act != SLC_HS_DO_ACK)
			return "a piece of header was not acknowledged at once";
		return NULL;
	}
	m->state = SLC_HS_CONNECT;
	m->held = m->got + fin;
	if (!(out->act & SLC_HS_DO_CONNECT) || out->act & SLC_HS_DO_ACK)
		return "header whole, but no inner SYN, or an ACK";
	if (!!(out->act & SLC_HS_DO_HOLD) != (m->got > m->header || fin))
		return "payload behind the header was not held, or no payload";
	if (m->hs.header_len != m->header)
		return "wrong length of header";
	return hs_ref_begun(m);
}

static inline const char *hs_ref_connect(struct hs_model *m,
					 const struct slc_hs_seg *s,
					 const struct slc_hs_out *out)
{
	s64 at = hs_pos(m, s->seq);
	s64 end = at + s->len + !!(s->flags & SLC_TCP_FIN);
	u32 want;

	if (end == at)
		want = at < m->acked ? SLC_HS_DO_ACK : 0;
	else if (end <= m->acked)
		want = SLC_HS_DO_ACK;
	else if (end <= m->held && m->state == SLC_HS_SENT)
		want = m->prompted ? 0 : SLC_HS_DO_SEND;
	else if (end <= m->held)
		want = SLC_HS_DO_CONNECT;
	else
		want = SLC_HS_DO_HOLD;
	if (out->act != want)
		return "wrong answer while the application is asked";
	if (want == SLC_HS_DO_HOLD && at <= m->held)
		m->held = end;
	if (want == SLC_HS_DO_SEND)
		m->prompted = true;
	return NULL;
}

/* A sender without a header is there. */
static inline const char *hs_ref_chosen(struct hs_model *m,
					const struct slc_hs_seg *s,
					struct slc_hs_out *out)
{
	const char *bad;

	if (out->act != SLC_HS_DO_CHOOSE)
		return "no application is chosen";
	if (!hs_pick(m, 16)) {
		slc_hs_chosen(&m->hs, s, out, false, m->now);
		m->state = SLC_HS_DEAD;
		return out->act == SLC_HS_DO_RESET ? NULL :
		       "no application, but no reset";
	}
	slc_hs_chosen(&m->hs, s, out, true, m->now);
	if (!(out->act & SLC_HS_DO_CONNECT))
		return "an application, but no inner SYN";
	out->act &= ~SLC_HS_DO_CONNECT;
	m->state = SLC_HS_CONNECT;
	bad = hs_ref_connect(m, s, out);
	return bad ? bad : hs_ref_begun(m);
}

/* What must hold whenever the machine has come to rest. */
static inline const char *hs_ref_rest(const struct hs_model *m)
{
	if (m->state == SLC_HS_DEAD)
		return NULL;
	if (m->hs.state != m->state)
		return "in another state";
	if (hs_pos(m, m->hs.rcv_acked) != m->acked)
		return "acknowledges other than what it has taken";
	if (hs_pos(m, m->hs.rcv_nxt) != m->held)
		return "expects another byte";
	if (m->acked > m->got)
		return "acknowledges what it has not";
	if (m->ts && m->hs.ts_recent != m->ts_recent)
		return "echoes another timestamp";
	return NULL;
}

/* One segment reaches us. */
static inline const char *hs_deliver(struct hs_model *m,
				     const struct slc_hs_seg *s, u8 copy)
{
	struct slc_hs was = m->hs;
	struct slc_hs_out out;
	const char *bad;
	u32 reply;

	slc_hs_outer(&m->hs, s, m->now, &out);

	if (m->state >= SLC_HS_DONE)
		return out.act ? "acts after its end" : NULL;
	if (s->flags & SLC_TCP_RST) {
		reply = hs_ref_rst(m, hs_pos(m, s->seq));
		if (out.act != reply)
			return "reset believed, or exact reset not believed";
		if (reply == SLC_HS_DO_FORGET)
			m->state = SLC_HS_DEAD;
		return NULL;
	}
	if (s->flags & SLC_TCP_SYN) {
		reply = SLC_HS_DO_ACK;
		if (m->state == SLC_HS_HALF_OPEN && s->seq == m->irs &&
		    !(s->flags & SLC_TCP_ACK))
			reply = SLC_HS_DO_SYNACK;
		return hs_ref_refused(m, s, &out, &was, reply);
	}
	if (!hs_ref_takes(m, s, &reply))
		return hs_ref_refused(m, s, &out, &was, reply);

	if (out.why != SLC_HS_FINE)
		return "found fault with a good segment";
	if (m->state == SLC_HS_HALF_OPEN)
		m->state = SLC_HS_GATHER;
	if (hs_pos(m, s->seq) <= m->acked)
		m->ts_recent = s->tsval;
	if (m->state == SLC_HS_GATHER && !m->header)
		bad = hs_ref_chosen(m, s, &out);
	else if (m->state == SLC_HS_GATHER)
		bad = hs_ref_gather(m, s, copy, &out);
	else
		bad = hs_ref_connect(m, s, &out);
	return bad ? bad : hs_ref_rest(m);
}

static inline void hs_good(const struct hs_model *m, struct slc_hs_seg *s,
			   s64 at, u32 len)
{
	*s = (struct slc_hs_seg) {
		.seq = m->irs + 1 + (u32)at,
		.ack = m->iss + 1,
		.len = len,
		.flags = SLC_TCP_ACK,
		.win = 500,
		.has_ts = m->ts,
		.tsval = m->sender_ts,
		.tsecr = m->synack_at + m->ts_off,
	};
}

static inline const char *hs_in_order(struct hs_model *m, u32 len)
{
	struct slc_hs_seg s;

	hs_good(m, &s, m->sent, len);
	m->sent += len;
	m->last = s;
	m->last_copy = 0;
	if (!hs_pick(m, 8))
		return NULL;	/* lost */
	return hs_deliver(m, &s, 0);
}

/* Something that goes wrong on the way, or that somebody made up. */
static inline const char *hs_mishap(struct hs_model *m)
{
	struct slc_hs_seg s;
	u32 span = m->sent > 0 ? (u32)m->sent : 1;
	u8 copy = 0;
	s64 at;

	hs_good(m, &s, hs_pick(m, span), 1 + hs_pick(m, 40));
	switch (hs_pick(m, 16)) {
	case 0:		/* again, from the left edge or one beside it */
		hs_good(m, &s, m->acked - 1 + hs_pick(m, 3),
			hs_pick(m, 60));
		break;
	case 1:		/* again, with other content */
		copy = 1 + hs_pick(m, 3);
		break;
	case 2:		/* the very same */
		return hs_deliver(m, &m->last, m->last_copy);
	case 3:		/* out of order */
		s.seq += hs_pick(m, 100);
		copy = 2;
		break;
	case 4:		/* at the right edge of the window */
		at = m->acked + HS_WINDOW - 2 + hs_pick(m, 5);
		hs_good(m, &s, at - s.len, s.len);
		break;
	case 5:		/* keep-alive: nothing, or a byte of garbage */
		hs_good(m, &s, m->acked - 1, hs_pick(m, 2));
		copy = 3;
		break;
	case 6:		/* acknowledges what was never said */
		s.ack += 1 + hs_pick(m, 60000);
		break;
	case 7:
		s.ack -= 1 + hs_pick(m, 60000);
		break;
	case 8:		/* late by its clock */
		s.tsval = m->ts_recent - 1 - hs_pick(m, 1000);
		break;
	case 9:		/* echoes what we never sent */
		s.tsecr = hs_pick(m, 2) ? m->now + m->ts_off + 1 :
					  m->synack_at + m->ts_off - 1;
		break;
	case 10:
		s.has_ts = false;
		break;
	case 11:	/* far off */
		s.seq += hs_pick(m, 65536) << 16;
		break;
	case 12:	/* resets; the exact one ends it, so it is rare */
		at = m->acked + (s64)hs_pick(m, 65536) - 100;
		if (hs_pick(m, 40) && (at == m->acked || at == m->held))
			at = m->held + 1;
		hs_good(m, &s, at, 0);
		s.flags = SLC_TCP_RST | (hs_pick(m, 2) ? SLC_TCP_ACK : 0);
		break;
	case 13:	/* a SYN where none belongs, or the first one again */
		s.flags = hs_pick(m, 2) ? SLC_TCP_SYN :
					  SLC_TCP_SYN | SLC_TCP_ACK;
		if (hs_pick(m, 2))
			s.seq = m->irs;
		break;
	case 14:	/* flags that mean nothing */
		s.flags = hs_pick(m, 256) & ~(SLC_TCP_ACK | SLC_TCP_RST |
					      SLC_TCP_SYN);
		break;
	case 15:	/* FIN: in order it ends it, so it is rare */
		if (!hs_pick(m, 40))
			hs_good(m, &s, m->got, 0);
		else
			hs_good(m, &s, m->got + 1 + hs_pick(m, 50), 1);
		s.flags |= SLC_TCP_FIN;
		break;
	}
	return hs_deliver(m, &s, copy);
}

/* Another application is asked, or there turns out to be none. */
static inline const char *hs_another(struct hs_model *m, struct slc_hs_out *out)
{
	bool sent = m->state == SLC_HS_SENT;
	u8 why = out->why;

	if ((m->state != SLC_HS_CONNECT && !sent) || !m->hs.spare)
		return "another application, more often than may be";
	if (why != (sent ? SLC_HS_UNACKED : SLC_HS_SILENT) &&
	    why != SLC_HS_REFUSED)
		return "another application without a reason";
	if (hs_pick(m, 2)) {
		m->hs.spare--;
		m->timers = 0;
		m->state = SLC_HS_CONNECT;
		m->added = hs_pick(m, 2) ? hs_pick(m, HS_HEADER_MAX) : 0;
		m->hs.added = m->added;
		slc_hs_retried(&m->hs, out, m->now);
		if (m->hs.inner_iss + m->added != m->irs + m->header)
			return "the next one's numbers begin elsewhere";
		return m->hs.inner_ts == m->now &&
		       out->act == SLC_HS_DO_CONNECT ?
		       NULL : "the next one is asked otherwise";
	}
	slc_hs_last(&m->hs, out);
	if (m->hs.spare)
		return "the last one is not the last";
	if (why == SLC_HS_REFUSED)
		m->state = SLC_HS_DEAD;
	m->prompted = false;
	return out->act == (why == SLC_HS_REFUSED ? SLC_HS_DO_RESET :
			    sent ? SLC_HS_DO_SEND : SLC_HS_DO_CONNECT) ?
	       NULL : "wrong end with the last one";
}

static inline const char *hs_timer(struct hs_model *m)
{
	struct slc_hs_out out;
	u32 ms = slc_hs_timeout_ms(&m->hs, 5000, hs_pick(m, 10000));

	if (!ms || ms > 1000U << SLC_HS_SYN_TRIES)
		return "a timer of nothing, or for ever";
	slc_hs_timer(&m->hs, &out);
	if (m->state == SLC_HS_GATHER) {
		m->state = SLC_HS_DEAD;
		return out.act == SLC_HS_DO_RESET && out.why == SLC_HS_SLOW ?
		       NULL : "a slow sender was not reset";
	}
	if (out.act & (SLC_HS_DO_RESET | SLC_HS_DO_FORGET)) {
		m->state = SLC_HS_DEAD;
		return out.why == SLC_HS_SLOW || out.why == SLC_HS_SILENT ||
		       out.why == SLC_HS_UNACKED ?
		       NULL : "gave up without saying why";
	}
	if (out.act == SLC_HS_DO_RETRY)
		return hs_another(m, &out);
	m->prompted = false;
	if (++m->timers > SLC_HS_SYNACK_TRIES + SLC_HS_SYN_TRIES)
		return "never gives up";
	return out.act == (m->state == SLC_HS_HALF_OPEN ? SLC_HS_DO_SYNACK :
			   m->state == SLC_HS_SENT ? SLC_HS_DO_SEND :
						     SLC_HS_DO_CONNECT) ?
	       NULL : "timer repeats something else";
}

/* The application answers, rarely as it should. */
static inline const char *hs_answer(struct hs_model *m, u32 app_isn)
{
	struct slc_hs_seg s = {
		.seq = app_isn,
		.ack = m->hs.inner_iss + 1,
		.flags = SLC_TCP_SYN | SLC_TCP_ACK,
		.win = 1000,
	};
	struct slc_hs_out out;
	u32 want = 0;

	switch (hs_pick(m, 8)) {
	case 0:
		s.ack += 1 + hs_pick(m, 60000);
		break;
	case 1:
		s.flags = SLC_TCP_SYN;
		break;
	case 2:
		s.flags = SLC_TCP_RST;
		break;
	case 3:
		s.flags = SLC_TCP_RST | SLC_TCP_ACK;
		s.ack -= 1 + hs_pick(m, 60000);
		break;
	case 4:
		if (hs_pick(m, 40))
			return NULL;
		s.flags = SLC_TCP_ACK | (hs_pick(m, 2) ? SLC_TCP_RST : 0);
		want = s.flags & SLC_TCP_RST && m->hs.spare ? SLC_HS_DO_RETRY :
							      SLC_HS_DO_RESET;
		break;
	case 5:
		want = m->added ? SLC_HS_DO_SEND : SLC_HS_DO_PUBLISH;
		break;
	default:
		return NULL;
	}
	slc_hs_inner(&m->hs, &s, &out);
	if (out.act != want)
		return "wrong answer to the application";
	if (want == SLC_HS_DO_RETRY)
		return hs_another(m, &out);
	if (want == SLC_HS_DO_RESET)
		m->state = SLC_HS_DEAD;
	if (want == SLC_HS_DO_PUBLISH)
		m->state = SLC_HS_DONE;
	if (want == SLC_HS_DO_SEND) {
		m->prompted = false;
		m->state = SLC_HS_SENT;
		m->added_acked = 0;
		m->timers = 0;
	}
	return hs_ref_rest(m);
}

/* It has our header, or some of it, or says something else. */
static inline const char *hs_takes(struct hs_model *m, u32 app_isn)
{
	u32 first = m->hs.inner_iss + 1;
	struct slc_hs_seg s = {
		.seq = app_isn + 1,
		.ack = first + m->added_acked,
		.flags = SLC_TCP_ACK,
		.win = 1000,
	};
	u32 some = m->added_acked + hs_pick(m, m->added - m->added_acked);
	u32 want = 0, acked = m->added_acked;
	struct slc_hs_out out;

	switch (hs_pick(m, 10)) {
	case 0:		/* what was not sent, or before it */
		s.ack = hs_pick(m, 2) ? first + m->added + 1 +
					hs_pick(m, 60000) :
					first - 1 - hs_pick(m, 60000);
		break;
	case 1:		/* some */
		s.ack = first + some;
		acked = some;
		break;
	case 2:		/* some, and it speaks */
		s.ack = first + some;
		s.len = hs_pick(m, 2000);
		acked = some;
		break;
	case 3:		/* its SYN-ACK again, or another's */
		s.flags |= SLC_TCP_SYN;
		s.seq = app_isn + hs_pick(m, 2);
		s.ack = first;
		if (s.seq == app_isn && !m->added_acked)
			want = SLC_HS_DO_SEND;
		break;
	case 4:		/* far off, with the right number */
		s.seq += 65536 + hs_pick(m, 60000);
		s.ack = first + m->added;
		break;
	case 5:		/* a reset that is none */
		s.seq = m->hs.inner_end + 1 + hs_pick(m, 60000);
		s.flags = SLC_TCP_RST | hs_pick(m, 2) * SLC_TCP_ACK;
		break;
	case 6:
		if (hs_pick(m, 20))
			return NULL;
		s.flags = SLC_TCP_RST | hs_pick(m, 2) * SLC_TCP_ACK;
		if (hs_pick(m, 2))
			s.seq = m->hs.inner_end;
		want = m->hs.spare ? SLC_HS_DO_RETRY : SLC_HS_DO_RESET;
		break;
	case 7:		/* all of it, and it speaks */
		s.len = hs_pick(m, 2000);
		fallthrough;
	case 8:
		s.ack = first + m->added;
		want = SLC_HS_DO_PUBLISH;
		break;
	default:
		return NULL;
	}
	slc_hs_inner(&m->hs, &s, &out);
	if (out.act != want)
		return "wrong answer to who was sent a header";
	if (acked != m->added_acked)
		m->timers = 0;
	m->added_acked = acked;
	if (want == SLC_HS_DO_RETRY)
		return hs_another(m, &out);
	if (want == SLC_HS_DO_RESET)
		m->state = SLC_HS_DEAD;
	if (want == SLC_HS_DO_PUBLISH)
		m->state = SLC_HS_DONE;
	else if (m->state == SLC_HS_SENT && m->hs.added_acked != acked)
		return "what is left of our header is not what it has not";
	return hs_ref_rest(m);
}

static inline u32 hs_some_isn(struct hs_model *m)
{
	switch (hs_pick(m, 4)) {
	case 0:		/* a header will straddle 2^32 */
		return 0U - 1 - hs_pick(m, HS_HEADER_MAX);
	case 1:		/* or 2^31 */
		return 0x80000000U - 1 - hs_pick(m, HS_HEADER_MAX);
	default:
		return hs_pick(m, 65536) << 16 | hs_pick(m, 65536);
	}
}

static inline void hs_begin(struct hs_model *m)
{
	struct slc_hs_seg syn = { .flags = SLC_TCP_SYN };
	struct slc_tcpopts o = { .mss = 1460 };
	struct slc_hs_offer offer = { .wscale = hs_pick(m, 15) };

	m->irs = hs_some_isn(m);
	m->iss = hs_some_isn(m);
	m->now = hs_some_isn(m);
	m->ts_off = hs_some_isn(m);
	m->sender_ts = hs_some_isn(m);
	m->synack_at = m->now;
	m->header = hs_pick(m, 4) ? 1 + hs_pick(m, HS_HEADER_MAX) : 0;
	m->added = hs_pick(m, 2) ? 1 + hs_pick(m, HS_HEADER_MAX) : 0;

	offer.opts = hs_pick(m, 16);
	o.has_ts = hs_pick(m, 2);
	o.tsval = m->sender_ts;
	o.sack_perm = hs_pick(m, 2);
	o.has_wscale = hs_pick(m, 2);
	o.wscale = hs_pick(m, 15);
	if (hs_pick(m, 2))
		syn.flags |= SLC_TCP_ECE | SLC_TCP_CWR;
	syn.seq = m->irs;
	syn.win = 65535;
	slc_hs_listen(&m->hs, &syn, &o, &offer, m->iss, m->now, m->ts_off);
	m->hs.spare = hs_pick(m, 4);
	m->hs.bare = !m->header;
	m->hs.added = m->added;
	m->ts = m->hs.opts & SLC_HS_TS;
	m->ts_recent = o.tsval;
	m->state = SLC_HS_HALF_OPEN;
	hs_good(m, &m->last, 0, 0);
}

/* A segment of an established connection, with all that is ever translated. */
struct hs_wire {
	u32 seq, ack, tsval, tsecr, left, right;
	u16 win;
};

#define HS_WIRE_LEN	44	/* 20, two NOPs and TS, two NOPs and one SACK */

static inline void hs_wire_put(u8 *th, const struct hs_wire *w)
{
	memset(th, 0, HS_WIRE_LEN);
	put_unaligned_be32(w->seq, th + 4);
	put_unaligned_be32(w->ack, th + 8);
	th[12] = HS_WIRE_LEN / 4 << 4;
	th[13] = SLC_TCP_ACK;
	put_unaligned_be16(w->win, th + 14);
	th[20] = 1;
	th[21] = 1;
	th[22] = 8;
	th[23] = 10;
	put_unaligned_be32(w->tsval, th + 24);
	put_unaligned_be32(w->tsecr, th + 28);
	th[32] = 1;
	th[33] = 1;
	th[34] = 5;
	th[35] = 10;
	put_unaligned_be32(w->left, th + 36);
	put_unaligned_be32(w->right, th + 40);
}

/* Bytes of window that may be promised under @to by who was promised @bytes */
static inline u16 hs_window(u64 bytes, u8 to)
{
	return min_t(u64, bytes >> to, U16_MAX);
}

static inline const char *hs_wire_cmp(const struct slc_xlate *x, u8 *th,
				      const struct hs_wire *want, bool ts,
				      bool sack)
{
	slc_xlate_tcp(x, th, HS_WIRE_LEN, 0, 0);
	if (get_unaligned_be32(th + 4) != want->seq)
		return "wrong sequence number";
	if (get_unaligned_be32(th + 8) != want->ack)
		return "wrong acknowledgment";
	if (get_unaligned_be16(th + 14) != want->win)
		return "wrong window";
	if (ts && (get_unaligned_be32(th + 24) != want->tsval ||
		   get_unaligned_be32(th + 28) != want->tsecr))
		return "wrong timestamps";
	if (!ts && th[22] != 1)
		return "timestamps for who declined them";
	if (sack && (get_unaligned_be32(th + 36) != want->left ||
		     get_unaligned_be32(th + 40) != want->right))
		return "wrong SACK block";
	if (!sack && th[34] != 1)
		return "SACK for who declined it";
	return NULL;
}

/* Both directions by positions in the two streams, against the frozen numbers.
 * An option that the sender itself did not agree to never comes; so the wire
 * bears all of them and those are not looked at.
 */
static inline const char *hs_frozen(struct hs_model *m, u32 app_isn)
{
	const struct slc_hs *hs = &m->hs;
	struct slc_tcpopts o = {
		.tsval = hs_some_isn(m),
		.has_ts = hs_pick(m, 2),
		.sack_perm = hs_pick(m, 2),
		.has_wscale = hs_pick(m, 2),
		.wscale = hs_pick(m, 15),
	};
	struct slc_hs_seg synack = {
		.seq = app_isn,
		.flags = SLC_TCP_SYN | SLC_TCP_ACK |
			 (hs_pick(m, 2) ? SLC_TCP_ECE : 0),
	};
	bool scaled = hs->opts & SLC_HS_WSCALE && o.has_wscale;
	bool ts = hs->opts & SLC_HS_TS, sack = hs->opts & SLC_HS_SACK;
	bool all = (!(hs->opts & SLC_HS_WSCALE) || o.has_wscale) &&
		   (!ts || o.has_ts) && (!sack || o.sack_perm) &&
		   (!(hs->opts & SLC_HS_ECN) || synack.flags & SLC_TCP_ECE);
	u32 client = hs_some_isn(m), server = hs_some_isn(m);
	u32 t = hs_some_isn(m), t2 = 1 + hs_pick(m, 1000);
	u32 clock = m->now + m->ts_off;
	u16 win = hs_pick(m, 65536);
	struct slc_xlate in, out;
	struct hs_wire w, want;
	u8 th[HS_WIRE_LEN];
	const char *bad;

	if (slc_hs_freeze(hs, &synack, &o, m->now, &in, &out) != all)
		return "declined options were not told, or told wrongly";

	/* The sender says byte @client of payload, has @server bytes. */
	w = (struct hs_wire) {
		.seq = m->irs + 1 + m->header + client,
		.ack = m->iss + 1 + server,
		.win = win,
		.tsval = hs->ts_base + t,
		.tsecr = clock + t2,
		.left = m->iss + 1 + server + 5,
		.right = m->iss + 1 + server + 9,
	};
	want = (struct hs_wire) {
		.seq = hs->inner_iss + 1 + m->added + client,
		.ack = app_isn + 1 + server,
		.win = hs_window((u64)win << hs->peer_wscale,
				 scaled ? hs->peer_wscale : 0),
		.tsval = hs->inner_ts + t,
		.tsecr = o.tsval + t2,
		.left = app_isn + 1 + server + 5,
		.right = app_isn + 1 + server + 9,
	};
	/* An echo of 0 is none, and its translation none. */
	if (!w.tsecr)
		want.tsecr = 0;
	hs_wire_put(th, &w);
	if (!ts)
		memset(th + 20, 1, 12);
	if (!sack)
		memset(th + 32, 1, 12);
	bad = hs_wire_cmp(&in, th, &want, ts && o.has_ts, sack && o.sack_perm);
	if (bad)
		return bad;

	/* And the other way round. */
	swap(w, want);
	w.win = win;
	want.win = hs_window((u64)win << (scaled ? o.wscale : 0),
			     hs->our_wscale);
	swap(w.seq, w.ack);
	swap(want.seq, want.ack);
	w.left = hs->inner_iss + 1 + m->added + client + 3;
	w.right = hs->inner_iss + 1 + m->added + client + 7;
	want.left = m->irs + 1 + m->header + client + 3;
	want.right = m->irs + 1 + m->header + client + 7;
	w.tsval = o.tsval + t2;
	want.tsval = clock + t2;
	w.tsecr = hs->inner_ts + t;
	want.tsecr = w.tsecr ? hs->ts_base + t : 0;
	hs_wire_put(th, &w);
	if (!ts || !o.has_ts)
		memset(th + 20, 1, 12);
	if (!sack || !o.sack_perm)
		memset(th + 32, 1, 12);
	return hs_wire_cmp(&out, th, &want, ts && o.has_ts,
			   sack && o.sack_perm);
}

/**
 * hs_play() - A whole life of a handshake.
 * @m: zeroed, but for where choices come from
 * @events: at most so many mishaps
 *
 * Return: what was wrong or NULL; then @m->state is SLC_HS_DONE or
 *	SLC_HS_DEAD.
 */
static inline const char *hs_play(struct hs_model *m, int events)
{
	u32 app_isn;
	const char *bad;
	int i;

	hs_begin(m);
	app_isn = hs_some_isn(m);
	while (events-- > 0 && m->state < SLC_HS_DONE && hs_goes_on(m)) {
		m->now += hs_pick(m, 20);
		m->sender_ts += hs_pick(m, 20);
		bad = NULL;
		switch (hs_pick(m, 8)) {
		case 0: case 1:
			if (m->sent < m->header + 40)
				bad = hs_in_order(m, 1 + hs_pick(m, 40));
			break;
		case 2:
			if (!hs_pick(m, 30))
				bad = hs_timer(m);
			break;
		case 3:
			if (m->state == SLC_HS_CONNECT)
				bad = hs_answer(m, app_isn);
			else if (m->state == SLC_HS_SENT)
				bad = hs_takes(m, app_isn);
			break;
		default:
			bad = hs_mishap(m);
			break;
		}
		if (bad)
			return bad;
	}

	/* However it went: an honest sender on a good network gets through. */
	for (i = 0; m->state < SLC_HS_CONNECT; i++) {
		struct slc_hs_seg s;

		if (i > m->header)
			return "a good sender does not get through";
		m->sender_ts += 1;
		if ((s32)(m->sender_ts - m->ts_recent) < 0)
			m->sender_ts = m->ts_recent;
		hs_good(m, &s, m->acked, 40 - hs_pick(m, 40));
		bad = hs_deliver(m, &s, 0);
		if (bad)
			return bad;
	}
	for (i = 0; m->state == SLC_HS_CONNECT || m->state == SLC_HS_SENT; i++) {
		/* Each byte of a header that it takes is a reason to go on. */
		if (i > 2 * (1 + SLC_HS_SYN_TRIES) * (4 + HS_HEADER_MAX))
			return "never gives up on the application";
		bad = !hs_pick(m, 2) ? NULL : m->state == SLC_HS_CONNECT ?
		      hs_answer(m, app_isn) : hs_takes(m, app_isn);
		if (!bad && (m->state == SLC_HS_CONNECT ||
			     m->state == SLC_HS_SENT))
			bad = hs_timer(m);
		if (bad)
			return bad;
	}
	if (m->state == SLC_HS_DONE &&
	    (m->n_gathered < (size_t)m->header ||
	     memcmp(m->gathered, m->first, m->header)))
		return "the header is not what came first";
	return m->state == SLC_HS_DONE ? hs_frozen(m, app_isn) : NULL;
}

#endif /* SLC_TEST_HS_MODEL_H */
