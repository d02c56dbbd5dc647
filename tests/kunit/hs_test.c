// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "core/hs.c"
#include "hs_model.h"

#define ISS	0x10203040U
#define NOW	100000U
#define TS_OFF	7000U
#define TSVAL	500U
#define HEADER	28
#define ADDED	52
#define APP	0xfffffff8U

#define FIN	SLC_TCP_FIN
#define SYN	SLC_TCP_SYN
#define RST	SLC_TCP_RST
#define ACK	SLC_TCP_ACK

/* Where the sender's numbers start. The header lies before, across and behind
 * the places where 32-bit arithmetic goes wrong.
 */
static const u32 hs_bases[] = {
	1000, 0xffffffff, 0xfffffff5, 0xffffffe5, 0x7ffffff5, 0x7fffffff,
};

/* Every state as the machine itself gets there: GATHER has 10 bytes of the
 * header, CONNECT all 28 and 12 of payload, the last 30 not acknowledged.
 */
#define IN_GATHER	10
#define IN_CONNECT	40

static void hs_feed(struct kunit *test, struct slc_hs *hs, u32 off, u32 len,
		    int header)
{
	struct slc_hs_seg seg = {
		.seq = hs->irs + 1 + off, .ack = ISS + 1, .len = len,
		.flags = ACK, .win = 512, .has_ts = true, .tsval = TSVAL,
		.tsecr = NOW + TS_OFF,
	};
	struct slc_hs_out out;

	slc_hs_outer(hs, &seg, NOW, &out);
	KUNIT_ASSERT_EQ(test, out.act, SLC_HS_DO_TAKE);
	slc_hs_gathered(hs, &seg, &out, header, NOW);
}

static void hs_reach(struct kunit *test, struct slc_hs *hs, u32 irs, u8 state)
{
	struct slc_hs_seg syn = { .seq = irs, .flags = SYN, .win = 1024 };
	struct slc_tcpopts o = {
		.mss = 1460, .tsval = TSVAL, .wscale = 7, .has_wscale = true,
		.sack_perm = true, .has_ts = true,
	};
	struct slc_hs_offer offer = {
		.opts = SLC_HS_TS | SLC_HS_SACK | SLC_HS_WSCALE, .wscale = 5,
	};
	struct slc_hs_seg synack = {
		.ack = irs + HEADER + 1, .flags = SYN | ACK,
	};
	struct slc_hs_out out;

	slc_hs_listen(hs, &syn, &o, &offer, ISS, NOW, TS_OFF);
	if (state >= SLC_HS_GATHER)
		hs_feed(test, hs, 0, IN_GATHER, 0);
	if (state >= SLC_HS_CONNECT)
		hs_feed(test, hs, IN_GATHER, IN_CONNECT - IN_GATHER, HEADER);
	if (state == SLC_HS_SENT) {
		hs->added = ADDED;
		hs->inner_iss -= ADDED;
		synack.ack -= ADDED;
		synack.seq = APP;
	}
	if (state >= SLC_HS_SENT)
		slc_hs_inner(hs, &synack, &out);
	KUNIT_ASSERT_EQ(test, hs->state, state);
}

#define HALF	BIT(SLC_HS_HALF_OPEN)
#define GATHER	BIT(SLC_HS_GATHER)
#define CONNECT	BIT(SLC_HS_CONNECT)
#define DONE	BIT(SLC_HS_DONE)
#define EARLY	(HALF | GATHER | CONNECT)

/* @at is relative to what is acknowledged: 0, 10 and 10 bytes in the three
 * states. Numbers not given are those of a good segment.
 */
struct hs_case {
	const char *name;
	u8 states;
	s32 at;
	u32 len;
	u8 flags;
	s32 ack;
	s32 tsval;
	s32 tsecr;
	bool no_ts;
	u32 act;
	u8 why;
	u32 skip, take;
};

static const struct hs_case hs_cases[] = {
	/* what a sender says */
	{ "bare_ack_opens", HALF | GATHER | CONNECT, .flags = ACK },
	{ "first_byte", HALF | GATHER, .len = 1, .flags = ACK,
	  .act = SLC_HS_DO_TAKE, .take = 1 },
	{ "many_bytes", HALF | GATHER, .len = 1448, .flags = ACK,
	  .act = SLC_HS_DO_TAKE, .take = 1448 },
	{ "a_whole_window", HALF | GATHER, .len = 65535, .flags = ACK,
	  .act = SLC_HS_DO_TAKE, .take = 65535 },
	{ "one_byte_over_the_window", HALF | GATHER, .len = 65536,
	  .flags = ACK, .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_SEQ },
	{ "last_byte_of_the_window", HALF | GATHER, .at = 65534, .len = 1,
	  .flags = ACK, .act = SLC_HS_DO_ACK },
	{ "first_byte_behind_the_window", EARLY, .at = 65535, .len = 1,
	  .flags = ACK, .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_SEQ },
	{ "half_a_space_away", EARLY, .at = S32_MIN, .len = 1,
	  .flags = ACK, .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_SEQ },
	{ "psh_urg_ece_cwr_change_nothing", HALF | GATHER, .len = 4,
	  .flags = ACK | SLC_TCP_PSH | SLC_TCP_URG | SLC_TCP_ECE | SLC_TCP_CWR,
	  .act = SLC_HS_DO_TAKE, .take = 4 },

	/* again, and out of order */
	{ "gap_of_one", HALF | GATHER, .at = 1, .len = 4, .flags = ACK,
	  .act = SLC_HS_DO_ACK },
	{ "overlaps_one_to_the_left", GATHER, .at = -1, .len = 5,
	  .flags = ACK, .act = SLC_HS_DO_TAKE, .skip = 1, .take = 4 },
	{ "all_again_and_one_more", GATHER, .at = -10, .len = 11,
	  .flags = ACK, .act = SLC_HS_DO_TAKE, .skip = 10, .take = 1 },
	{ "ends_where_we_are", GATHER, .at = -10, .len = 10,
	  .flags = ACK, .act = SLC_HS_DO_ACK },
	{ "ends_before_where_we_are", GATHER | CONNECT, .at = -10, .len = 9,
	  .flags = ACK, .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_SEQ },
	{ "header_again", CONNECT, .len = 30, .flags = ACK,
	  .act = SLC_HS_DO_CONNECT },
	{ "part_of_header_again", CONNECT, .len = 1, .flags = ACK,
	  .act = SLC_HS_DO_CONNECT },
	{ "all_from_the_start_again", CONNECT, .at = -10, .len = 40,
	  .flags = ACK, .act = SLC_HS_DO_CONNECT },
	{ "acknowledged_part_again", CONNECT, .at = -10, .len = 10,
	  .flags = ACK, .act = SLC_HS_DO_ACK },
	{ "payload", CONNECT, .at = 30, .len = 100, .flags = ACK,
	  .act = SLC_HS_DO_HOLD },
	{ "header_and_more_payload", CONNECT, .at = 0, .len = 31,
	  .flags = ACK, .act = SLC_HS_DO_HOLD },
	{ "payload_after_a_gap", CONNECT, .at = 31, .len = 100,
	  .flags = ACK, .act = SLC_HS_DO_HOLD },
	{ "payload_to_the_end_of_the_window", CONNECT, .at = 30,
	  .len = 65505, .flags = ACK, .act = SLC_HS_DO_HOLD },
	{ "payload_over_the_window", CONNECT, .at = 30, .len = 65506,
	  .flags = ACK, .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_SEQ },

	/* keep-alive probes */
	{ "probe_without_a_byte", EARLY, .at = -1, .flags = ACK,
	  .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_SEQ },
	{ "probe_with_a_garbage_byte", EARLY, .at = -1, .len = 1,
	  .flags = ACK, .act = SLC_HS_DO_ACK },
	{ "probe_behind_what_we_hold", CONNECT, .at = 29, .len = 1,
	  .flags = ACK, .act = SLC_HS_DO_CONNECT },

	/* acknowledgments: there is exactly one good one */
	{ "ack_of_nothing", HALF, .len = 4, .flags = ACK, .ack = -1,
	  .act = SLC_HS_DO_RST_REPLY, .why = SLC_HS_BAD_ACK },
	{ "ack_of_more", HALF, .len = 4, .flags = ACK, .ack = 1,
	  .act = SLC_HS_DO_RST_REPLY, .why = SLC_HS_BAD_ACK },
	{ "ack_far_off", HALF, .len = 4, .flags = ACK, .ack = S32_MIN,
	  .act = SLC_HS_DO_RST_REPLY, .why = SLC_HS_BAD_ACK },
	{ "later_ack_of_nothing", GATHER | CONNECT, .len = 4, .flags = ACK,
	  .ack = -1, .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_ACK },
	{ "later_ack_of_more", GATHER | CONNECT, .len = 4, .flags = ACK,
	  .ack = 1, .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_ACK },
	{ "no_ack_flag", EARLY, .len = 4, .flags = SLC_TCP_PSH,
	  .why = SLC_HS_BAD_FLAGS },
	{ "no_flags", EARLY, .len = 4, .why = SLC_HS_BAD_FLAGS },
	{ "fin_without_ack", EARLY, .flags = FIN, .why = SLC_HS_BAD_FLAGS },

	/* timestamps */
	{ "older_than_the_last", EARLY, .len = 4, .flags = ACK, .tsval = -1,
	  .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_TS },
	{ "as_old_as_can_be", EARLY, .len = 4, .flags = ACK,
	  .tsval = S32_MIN, .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_TS },
	{ "echo_from_before_the_syn_ack", EARLY, .len = 4, .flags = ACK,
	  .tsecr = -1, .why = SLC_HS_BAD_TS },
	{ "echo_from_the_future", EARLY, .len = 4, .flags = ACK, .tsecr = 1,
	  .why = SLC_HS_BAD_TS },
	{ "no_timestamps_though_agreed", EARLY, .len = 4, .flags = ACK,
	  .no_ts = true, .why = SLC_HS_BAD_TS },
	{ "newer_is_good", HALF | GATHER, .len = 4, .flags = ACK, .tsval = 1,
	  .act = SLC_HS_DO_TAKE, .take = 4 },

	/* FIN */
	{ "fin_in_order", HALF | GATHER, .flags = ACK | FIN,
	  .act = SLC_HS_DO_TAKE },
	{ "fin_with_bytes", HALF | GATHER, .len = 4, .flags = ACK | FIN,
	  .act = SLC_HS_DO_TAKE, .take = 4 },
	{ "fin_after_a_gap", HALF | GATHER, .at = 1, .flags = ACK | FIN,
	  .act = SLC_HS_DO_ACK },
	{ "fin_too_early", GATHER, .at = -2, .len = 1, .flags = ACK | FIN,
	  .act = SLC_HS_DO_ACK },
	{ "fin_behind_what_we_hold", CONNECT, .at = 30, .flags = ACK | FIN,
	  .act = SLC_HS_DO_HOLD },

	/* RST: exact or challenged, whatever else is wrong with it */
	{ "rst_exact", HALF | GATHER, .flags = RST, .act = SLC_HS_DO_FORGET,
	  .why = SLC_HS_CUT },
	{ "rst_exact_with_bad_ack", HALF | GATHER, .flags = RST | ACK, .ack = 99,
	  .act = SLC_HS_DO_FORGET, .why = SLC_HS_CUT },
	{ "rst_cuts_no_header_that_is_whole", CONNECT, .flags = RST,
	  .act = SLC_HS_DO_FORGET, .why = SLC_HS_ABORTED },
	{ "rst_where_the_sender_is", CONNECT, .at = 30, .flags = RST | ACK,
	  .ack = 99, .act = SLC_HS_DO_FORGET, .why = SLC_HS_ABORTED },
	{ "rst_one_before", EARLY, .at = -1, .flags = RST,
	  .why = SLC_HS_BAD_RST },
	{ "rst_one_behind", EARLY, .at = 1, .flags = RST,
	  .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_RST },
	{ "rst_half_a_window_behind", EARLY, .at = 32768, .flags = RST | ACK,
	  .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_RST },
	{ "rst_last_of_the_window", EARLY, .at = 65534, .flags = RST,
	  .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_RST },
	{ "rst_behind_the_window", EARLY, .at = 65535, .flags = RST,
	  .why = SLC_HS_BAD_RST },
	{ "rst_half_a_space_away", EARLY, .at = S32_MIN, .flags = RST,
	  .why = SLC_HS_BAD_RST },

	/* SYN: the first again, or challenged */
	{ "syn_again", HALF, .at = -1, .flags = SYN,
	  .act = SLC_HS_DO_SYNACK },
	{ "syn_again_with_data", HALF, .at = -1, .len = 5, .flags = SYN,
	  .act = SLC_HS_DO_SYNACK },
	{ "syn_late", GATHER | CONNECT, .at = -11, .flags = SYN,
	  .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_FLAGS },
	{ "syn_of_another", EARLY, .at = 4711, .flags = SYN,
	  .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_FLAGS },
	{ "syn_exactly_at_the_window", EARLY, .flags = SYN,
	  .act = SLC_HS_DO_ACK, .why = SLC_HS_BAD_FLAGS },
	{ "syn_ack_of_a_simultaneous_open", EARLY, .at = -1,
	  .flags = SYN | ACK, .act = SLC_HS_DO_ACK,
	  .why = SLC_HS_BAD_FLAGS },
	{ "syn_fin", EARLY, .flags = SYN | FIN, .act = SLC_HS_DO_ACK,
	  .why = SLC_HS_BAD_FLAGS },

	/* after its end it says nothing more */
	{ "nothing_when_done", DONE, .at = 30, .len = 4, .flags = ACK },
	{ "no_rst_when_done", DONE, .at = 30, .flags = RST },
	{ "no_syn_when_done", DONE, .flags = SYN },
};

static void hs_case_desc(const struct hs_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(hs_case, hs_cases, hs_case_desc);

static void hs_segment(struct kunit *test)
{
	const struct hs_case *c = test->param_value;
	unsigned int i, state;

	for (i = 0; i < ARRAY_SIZE(hs_bases) * SLC_HS_DEAD; i++) {
		u32 irs = hs_bases[i / SLC_HS_DEAD];
		struct slc_hs_seg seg;
		struct slc_hs_out out;
		struct slc_hs hs, was;
		bool takes;

		state = i % SLC_HS_DEAD;
		if (!(c->states & BIT(state)))
			continue;
		hs_reach(test, &hs, irs, state);
		was = hs;
		seg = (struct slc_hs_seg) {
			.seq = hs.rcv_acked + c->at,
			.ack = ISS + 1 + c->ack,
			.len = c->len,
			.tsval = TSVAL + c->tsval,
			.tsecr = NOW + TS_OFF + c->tsecr,
			.win = 77,
			.flags = c->flags,
			.has_ts = !c->no_ts,
		};
		slc_hs_outer(&hs, &seg, NOW, &out);
		KUNIT_EXPECT_EQ_MSG(test, out.act, c->act, "state %u irs %x",
				    state, irs);
		KUNIT_EXPECT_EQ_MSG(test, (u8)out.why, c->why,
				    "state %u irs %x", state, irs);
		KUNIT_EXPECT_EQ_MSG(test, out.skip, c->skip,
				    "state %u irs %x", state, irs);
		KUNIT_EXPECT_EQ_MSG(test, out.take, c->take,
				    "state %u irs %x", state, irs);
		takes = !out.why && !(c->flags & (SYN | RST)) &&
			state < SLC_HS_DONE;
		if (!takes)
			KUNIT_EXPECT_MEMEQ(test, &hs, &was, sizeof(hs));
		else
			KUNIT_EXPECT_EQ(test, hs.peer_win, 77);
		if (takes && state == SLC_HS_HALF_OPEN)
			KUNIT_EXPECT_EQ(test, hs.state, SLC_HS_GATHER);
	}
}

struct hs_listen_case {
	const char *name;
	u8 flags;
	struct slc_tcpopts o;
	struct slc_hs_offer offer;
	u8 opts, our_wscale, peer_wscale;
	u16 mss;
};

#define ALL	(SLC_HS_TS | SLC_HS_SACK | SLC_HS_WSCALE | SLC_HS_ECN)

static const struct hs_listen_case hs_listen_cases[] = {
	{ "no_options", SYN, .offer = { ALL, 7 }, .mss = 536 },
	{ "all_of_them", SYN | SLC_TCP_ECE | SLC_TCP_CWR,
	  .o = { .mss = 8960, .wscale = 14, .has_wscale = true,
		 .sack_perm = true, .has_ts = true },
	  .offer = { ALL, 7 }, .opts = ALL, .our_wscale = 7,
	  .peer_wscale = 14, .mss = 8960 },
	{ "all_declined", SYN | SLC_TCP_ECE | SLC_TCP_CWR,
	  .o = { .mss = 1460, .wscale = 14, .has_wscale = true,
		 .sack_perm = true, .has_ts = true },
	  .offer = { 0, 7 }, .mss = 1460 },
	{ "scale_of_zero_is_a_scale", SYN,
	  .o = { .mss = 1460, .has_wscale = true },
	  .offer = { ALL, 3 }, .opts = SLC_HS_WSCALE, .our_wscale = 3,
	  .mss = 1460 },
	{ "one_ecn_bit_asks_for_none", SYN | SLC_TCP_ECE, .o = { .mss = 1460 },
	  .offer = { ALL, 7 }, .mss = 1460 },
	{ "cwr_alone_asks_for_none", SYN | SLC_TCP_CWR, .o = { .mss = 1460 },
	  .offer = { ALL, 7 }, .mss = 1460 },
	{ "tiny_mss", SYN, .o = { .mss = 1 }, .offer = { ALL, 7 },
	  .mss = 88 },
	{ "sack_without_timestamps", SYN, .o = { .mss = 1460,
						 .sack_perm = true },
	  .offer = { ALL, 7 }, .opts = SLC_HS_SACK, .mss = 1460 },
};

static void hs_listen_desc(const struct hs_listen_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(hs_listen, hs_listen_cases, hs_listen_desc);

static void hs_agrees(struct kunit *test)
{
	const struct hs_listen_case *c = test->param_value;
	struct slc_hs_seg syn = {
		.seq = 0xffffffff, .flags = c->flags, .win = 4321,
	};
	struct slc_hs hs;

	slc_hs_listen(&hs, &syn, &c->o, &c->offer, ISS, NOW, TS_OFF);
	KUNIT_EXPECT_EQ(test, hs.opts, c->opts);
	KUNIT_EXPECT_EQ(test, hs.our_wscale, c->our_wscale);
	KUNIT_EXPECT_EQ(test, hs.peer_wscale, c->peer_wscale);
	KUNIT_EXPECT_EQ(test, hs.peer_mss, c->mss);
	KUNIT_EXPECT_EQ(test, hs.rcv_nxt, 0);
	KUNIT_EXPECT_EQ(test, hs.rcv_acked, 0);
	KUNIT_EXPECT_EQ(test, hs.iss, ISS);
	KUNIT_EXPECT_EQ(test, hs.peer_win, 4321);
	KUNIT_EXPECT_EQ(test, hs.state, SLC_HS_HALF_OPEN);
}

struct hs_inner_case {
	const char *name;
	u8 states;
	u8 flags;
	s32 ack;
	u32 act;
	u8 why;
};

static const struct hs_inner_case hs_inner_cases[] = {
	{ "syn_ack", CONNECT, SYN | ACK, 0, SLC_HS_DO_PUBLISH },
	{ "syn_ack_ecn", CONNECT, SYN | ACK | SLC_TCP_ECE, 0,
	  SLC_HS_DO_PUBLISH },
	{ "syn_ack_of_another", CONNECT, SYN | ACK, 1, 0, SLC_HS_BAD_ACK },
	{ "syn_ack_of_an_older", CONNECT, SYN | ACK, -1, 0, SLC_HS_BAD_ACK },
	{ "syn_without_ack", CONNECT, SYN, 0 },
	{ "refusal", CONNECT, RST | ACK, 0, SLC_HS_DO_RESET, SLC_HS_REFUSED },
	{ "refusal_of_another", CONNECT, RST | ACK, 1 },
	{ "rst_without_ack", CONNECT, RST, 0 },
	{ "challenge", CONNECT, ACK, 1234, SLC_HS_DO_RESET, SLC_HS_IN_USE },
	{ "data_of_a_live_one", CONNECT, ACK | SLC_TCP_PSH, 0,
	  SLC_HS_DO_RESET, SLC_HS_IN_USE },
	{ "not_asked_syn_ack", HALF | GATHER | DONE, SYN | ACK, 0 },
	{ "not_asked_rst", HALF | GATHER | DONE, RST | ACK, 0 },
};

static void hs_inner_desc(const struct hs_inner_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(hs_inner, hs_inner_cases, hs_inner_desc);

static void hs_application(struct kunit *test)
{
	const struct hs_inner_case *c = test->param_value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hs_bases) * SLC_HS_DEAD; i++) {
		struct slc_hs_seg seg = { .flags = c->flags, .seq = 4242 };
		struct slc_hs_out out;
		struct slc_hs hs, was;

		if (!(c->states & BIT(i % SLC_HS_DEAD)))
			continue;
		hs_reach(test, &hs, hs_bases[i / SLC_HS_DEAD],
			 i % SLC_HS_DEAD);
		was = hs;
		seg.ack = hs.irs + HEADER + 1 + c->ack;
		slc_hs_inner(&hs, &seg, &out);
		KUNIT_EXPECT_EQ(test, out.act, c->act);
		KUNIT_EXPECT_EQ(test, (u8)out.why, c->why);
		if (c->act & SLC_HS_DO_PUBLISH)
			was.state = SLC_HS_DONE;
		KUNIT_EXPECT_MEMEQ(test, &hs, &was, sizeof(hs));
	}
}

struct hs_sent_case {
	const char *name;
	u8 flags;
	s32 seq;	/* from what the application says first */
	u32 len;
	u32 ack;	/* of our header's bytes */
	u32 act;
	u8 why;
	u8 acked;	/* bytes of it that it has, then */
};

/* It has 20 of 52 bytes and has said 100 that nobody was told of. */
static const struct hs_sent_case hs_sent_cases[] = {
	{ "nothing_new", ACK, 100, 0, 20, .acked = 20 },
	{ "more_of_it", ACK, 100, 0, 51, .acked = 51 },
	{ "all_of_it", ACK, 100, 0, 52, SLC_HS_DO_PUBLISH, 0, 52 },
	{ "all_of_it_and_data", ACK, 100, 900, 52, SLC_HS_DO_PUBLISH, 0, 52 },
	{ "all_of_it_with_old_data", ACK, 0, 100, 52, SLC_HS_DO_PUBLISH, 0,
	  52 },
	{ "all_of_it_and_an_end", ACK | FIN, 100, 0, 52, SLC_HS_DO_PUBLISH, 0,
	  52 },
	{ "less_than_before", ACK, 100, 0, 19, .acked = 20 },
	{ "data_alone", ACK, 100, 1400, 20, .acked = 20 },
	{ "an_end_alone", ACK | FIN, 100, 0, 20, .acked = 20 },
	{ "what_we_never_said", ACK, 100, 0, 53, 0, SLC_HS_BAD_ACK, 20 },
	{ "what_we_said_long_ago", ACK, 100, 0, -1, 0, SLC_HS_BAD_ACK, 20 },
	{ "behind_the_window", ACK, 65536, 1, 52, 0, SLC_HS_BAD_SEQ, 20 },
	{ "before_its_beginning", ACK, -1, 0, 52, 0, SLC_HS_BAD_SEQ, 20 },
	{ "no_ack", SLC_TCP_PSH, 100, 9, 52, .acked = 20 },
	{ "reset_at_its_end", RST, 100, 0, 0, SLC_HS_DO_RESET,
	  SLC_HS_REFUSED, 20 },
	{ "reset_where_we_acknowledge", RST | ACK, 0, 0, 20, SLC_HS_DO_RESET,
	  SLC_HS_REFUSED, 20 },
	{ "reset_somewhere_else", RST | ACK, 50, 0, 52, 0, SLC_HS_BAD_RST, 20 },
	{ "syn_ack_late", SYN | ACK, -1, 0, 0, .acked = 20 },
};

static void hs_sent_desc(const struct hs_sent_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(hs_sent, hs_sent_cases, hs_sent_desc);

static void hs_header_is_taken(struct kunit *test)
{
	const struct hs_sent_case *c = test->param_value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hs_bases); i++) {
		struct slc_hs_seg seg = {
			.seq = APP + 1, .len = 100, .flags = ACK,
		};
		struct slc_hs_out out;
		struct slc_hs hs;

		hs_reach(test, &hs, hs_bases[i], SLC_HS_SENT);
		seg.ack = hs.inner_iss + 1 + 20;
		slc_hs_inner(&hs, &seg, &out);
		KUNIT_EXPECT_EQ(test, out.act, 0);
		KUNIT_EXPECT_EQ(test, hs.added_acked, 20);

		seg = (struct slc_hs_seg) {
			.seq = APP + 1 + c->seq, .len = c->len,
			.ack = hs.inner_iss + 1 + c->ack, .flags = c->flags,
		};
		slc_hs_inner(&hs, &seg, &out);
		KUNIT_EXPECT_EQ(test, out.act, c->act);
		KUNIT_EXPECT_EQ(test, (u8)out.why, c->why);
		KUNIT_EXPECT_EQ(test, hs.added_acked, c->acked);
		KUNIT_EXPECT_EQ(test, hs.state, c->act == SLC_HS_DO_PUBLISH ?
				SLC_HS_DONE : SLC_HS_SENT);
	}
}

/* A header of ours begins so much earlier that the sender's numbers stay, comes again
 * with the SYN-ACK and with what the sender repeats, and for another application it
 * is another one.
 */
static void hs_header_is_sent(struct kunit *test)
{
	struct slc_hs_seg seg = { .seq = APP, .flags = SYN | ACK };
	struct slc_hs_out out;
	struct slc_hs hs;

	hs_reach(test, &hs, 0xfffffff0, SLC_HS_SENT);
	KUNIT_EXPECT_EQ(test, hs.inner_iss + ADDED, hs.irs + HEADER);
	seg.ack = hs.inner_iss + 1;
	slc_hs_inner(&hs, &seg, &out);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_SEND);
	seg.seq++;
	slc_hs_inner(&hs, &seg, &out);
	KUNIT_EXPECT_EQ(test, out.act, 0);

	seg = (struct slc_hs_seg) {
		.seq = hs.rcv_acked, .len = 30, .ack = ISS + 1, .flags = ACK,
		.has_ts = true, .tsval = TSVAL, .tsecr = NOW + TS_OFF,
	};
	slc_hs_outer(&hs, &seg, NOW, &out);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_SEND);
	/* Once, however often the sender asks, until the timer has run out. */
	slc_hs_outer(&hs, &seg, NOW, &out);
	KUNIT_EXPECT_EQ(test, out.act, 0);
	seg.seq = hs.rcv_nxt;
	slc_hs_outer(&hs, &seg, NOW, &out);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_HOLD);

	hs.spare = 1;
	slc_hs_timer(&hs, &out);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_SEND);
	seg.seq = hs.rcv_acked;
	slc_hs_outer(&hs, &seg, NOW, &out);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_SEND);
	slc_hs_timer(&hs, &out);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_RETRY);
	KUNIT_EXPECT_EQ(test, (u8)out.why, SLC_HS_UNACKED);
	hs.added = 7;
	slc_hs_retried(&hs, &out, NOW);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_CONNECT);
	KUNIT_EXPECT_EQ(test, hs.state, SLC_HS_CONNECT);
	KUNIT_EXPECT_EQ(test, hs.inner_iss + 7, hs.irs + HEADER);

	/* The last one is sent it on. */
	hs_reach(test, &hs, 1000, SLC_HS_SENT);
	hs.spare = 1;
	slc_hs_timer(&hs, &out);
	slc_hs_timer(&hs, &out);
	slc_hs_last(&hs, &out);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_SEND);
}

/* Who begins without a header is done with the ACK of our SYN-ACK, whatever that
 * bears.
 */
static void hs_begins_without_a_header(struct kunit *test)
{
	static const struct {
		u32 len, act;
		u8 flags;
		u32 nxt;
	} cases[] = {
		{ 0, SLC_HS_DO_CONNECT, ACK, 0 },
		{ 9, SLC_HS_DO_CONNECT | SLC_HS_DO_HOLD, ACK, 9 },
		{ 9, SLC_HS_DO_CONNECT | SLC_HS_DO_HOLD, ACK | FIN, 10 },
		{ 0, SLC_HS_DO_CONNECT | SLC_HS_DO_HOLD, ACK | FIN, 1 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases) * 2; i++) {
		struct slc_hs_seg seg = {
			.seq = 0, .len = cases[i / 2].len, .ack = ISS + 1,
			.flags = cases[i / 2].flags, .has_ts = true,
			.tsval = TSVAL, .tsecr = NOW + TS_OFF,
		};
		struct slc_hs_out out;
		struct slc_hs hs;

		hs_reach(test, &hs, 0xffffffff, SLC_HS_HALF_OPEN);
		hs.bare = true;
		slc_hs_outer(&hs, &seg, NOW, &out);
		KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_CHOOSE);
		hs.added = i & 1 ? ADDED : 0;
		slc_hs_chosen(&hs, &seg, &out, true, NOW + 5);
		KUNIT_EXPECT_EQ(test, out.act, cases[i / 2].act);
		KUNIT_EXPECT_EQ(test, hs.state, SLC_HS_CONNECT);
		KUNIT_EXPECT_EQ(test, hs.inner_iss + hs.added, 0xffffffff);
		KUNIT_EXPECT_EQ(test, hs.inner_ts, NOW + 5);
		KUNIT_EXPECT_EQ(test, hs.rcv_nxt, cases[i / 2].nxt);
		KUNIT_EXPECT_EQ(test, hs.rcv_acked, 0);

		hs_reach(test, &hs, 0xffffffff, SLC_HS_HALF_OPEN);
		hs.bare = true;
		slc_hs_outer(&hs, &seg, NOW, &out);
		slc_hs_chosen(&hs, &seg, &out, false, NOW);
		KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_RESET);
	}
}

struct hs_end_case {
	const char *name;
	u32 at, len;
	u8 flags;
	int header;
	u32 act;
	u8 why;
	u32 nxt, acked;
};

/* From GATHER with 10 bytes. */
static const struct hs_end_case hs_end_cases[] = {
	{ "needs_more", 10, 5, ACK, 0, SLC_HS_DO_ACK, 0, 15, 15 },
	{ "needs_more_with_old_bytes", 3, 12, ACK, 0, SLC_HS_DO_ACK, 0, 15,
	  15 },
	{ "is_none", 10, 5, ACK, -1, SLC_HS_DO_RESET, 0, 15, 10 },
	{ "ends_too_soon", 10, 5, ACK | FIN, 0, SLC_HS_DO_RESET, SLC_HS_CUT,
	  15, 10 },
	{ "ends_at_once", 10, 0, ACK | FIN, 0, SLC_HS_DO_RESET, SLC_HS_CUT,
	  10, 10 },
	{ "whole", 10, 18, ACK, HEADER, SLC_HS_DO_CONNECT, 0, 28, 10 },
	{ "whole_and_one_byte", 10, 19, ACK, HEADER,
	  SLC_HS_DO_CONNECT | SLC_HS_DO_HOLD, 0, 29, 10 },
	{ "whole_and_fin", 10, 18, ACK | FIN, HEADER,
	  SLC_HS_DO_CONNECT | SLC_HS_DO_HOLD, 0, 29, 10 },
	{ "whole_payload_and_fin", 4, 100, ACK | FIN, HEADER,
	  SLC_HS_DO_CONNECT | SLC_HS_DO_HOLD, 0, 105, 10 },
};

static void hs_end_desc(const struct hs_end_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(hs_end, hs_end_cases, hs_end_desc);

static void hs_header_ends(struct kunit *test)
{
	const struct hs_end_case *c = test->param_value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hs_bases); i++) {
		u32 first = hs_bases[i] + 1;
		struct slc_hs_seg seg = {
			.seq = first + c->at, .ack = ISS + 1, .len = c->len,
			.flags = c->flags, .has_ts = true, .tsval = TSVAL + 3,
			.tsecr = NOW + TS_OFF,
		};
		struct slc_hs_out out;
		struct slc_hs hs;

		hs_reach(test, &hs, hs_bases[i], SLC_HS_GATHER);
		slc_hs_outer(&hs, &seg, NOW + 5, &out);
		KUNIT_ASSERT_EQ(test, out.act, SLC_HS_DO_TAKE);
		slc_hs_gathered(&hs, &seg, &out, c->header, NOW + 5);
		KUNIT_EXPECT_EQ(test, out.act, c->act);
		KUNIT_EXPECT_EQ(test, (u8)out.why, c->why);
		KUNIT_EXPECT_EQ(test, hs.rcv_nxt - first, c->nxt);
		KUNIT_EXPECT_EQ(test, hs.rcv_acked - first, c->acked);
		if (c->header <= 0)
			continue;
		KUNIT_EXPECT_EQ(test, hs.state, SLC_HS_CONNECT);
		KUNIT_EXPECT_EQ(test, hs.header_len, HEADER);
		KUNIT_EXPECT_EQ(test, hs.inner_iss + 1, first + HEADER);
		KUNIT_EXPECT_EQ(test, hs.inner_ts, NOW + 5);
		KUNIT_EXPECT_EQ(test, hs.ts_base, TSVAL + 3);
	}
}

/* Seconds between what a state does by itself, and its last act. */
static void hs_timers(struct kunit *test)
{
	static const struct {
		u8 state;
		u32 act, last;
		u8 why;
		u32 after[7];	/* ms, ends with 0 */
	} cases[] = {
		{ SLC_HS_HALF_OPEN, SLC_HS_DO_SYNACK, SLC_HS_DO_FORGET,
		  SLC_HS_SLOW, { 1000, 2000, 4000, 8000 } },
		{ SLC_HS_GATHER, 0, SLC_HS_DO_RESET, SLC_HS_SLOW, { 4000 } },
		{ SLC_HS_CONNECT, SLC_HS_DO_CONNECT, SLC_HS_DO_RESET,
		  SLC_HS_SILENT, { 1000, 2000, 4000, 8000, 16000, 32000 } },
		{ SLC_HS_SENT, SLC_HS_DO_SEND, SLC_HS_DO_RESET,
		  SLC_HS_UNACKED, { 1000, 2000, 4000, 8000, 16000, 32000 } },
	};
	struct slc_hs_out out;
	struct slc_hs hs;
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		hs_reach(test, &hs, 1000, cases[i].state);
		for (n = 0; cases[i].after[n]; n++) {
			KUNIT_EXPECT_EQ(test,
					slc_hs_timeout_ms(&hs, 5000, 1000),
					cases[i].after[n]);
			slc_hs_timer(&hs, &out);
			if (cases[i].after[n + 1]) {
				KUNIT_EXPECT_EQ(test, out.act, cases[i].act);
				KUNIT_EXPECT_EQ(test, out.why, SLC_HS_FINE);
			}
		}
		KUNIT_EXPECT_EQ(test, out.act, cases[i].last);
		KUNIT_EXPECT_EQ(test, (u8)out.why, cases[i].why);
	}

	/* A header that is late already gets a last moment, not for ever. */
	hs_reach(test, &hs, 1000, SLC_HS_GATHER);
	KUNIT_EXPECT_EQ(test, slc_hs_timeout_ms(&hs, 5000, 4999), 1);
	KUNIT_EXPECT_EQ(test, slc_hs_timeout_ms(&hs, 5000, 5000), 1);
	KUNIT_EXPECT_EQ(test, slc_hs_timeout_ms(&hs, 5000, U32_MAX), 1);

	hs_reach(test, &hs, 1000, SLC_HS_DONE);
	slc_hs_timer(&hs, &out);
	KUNIT_EXPECT_EQ(test, out.act, 0);

	/* The SYN-ACKs it took to get there do not count for the inner SYN. */
	hs_reach(test, &hs, 1000, SLC_HS_HALF_OPEN);
	slc_hs_timer(&hs, &out);
	slc_hs_timer(&hs, &out);
	hs_feed(test, &hs, 0, IN_GATHER, 0);
	hs_feed(test, &hs, IN_GATHER, IN_CONNECT - IN_GATHER, HEADER);
	KUNIT_EXPECT_EQ(test, slc_hs_timeout_ms(&hs, 5000, 0), 1000);
}

/* Another application is asked when one refuses or is silent, as often as may be; the
 * last one is waited for as the only one is.
 */
static void hs_another_is_asked(struct kunit *test)
{
	struct slc_hs_seg rst = { .flags = RST | ACK };
	struct slc_hs_out out;
	struct slc_hs hs, was;
	unsigned int i;

	hs_reach(test, &hs, 0xfffffff0, SLC_HS_CONNECT);
	hs.spare = 3;
	rst.ack = hs.inner_iss + 1;
	was = hs;
	slc_hs_inner(&hs, &rst, &out);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_RETRY);
	KUNIT_EXPECT_EQ(test, (u8)out.why, SLC_HS_REFUSED);
	KUNIT_EXPECT_MEMEQ(test, &hs, &was, sizeof(hs));
	hs.spare--;
	slc_hs_retried(&hs, &out, NOW + 5000);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_CONNECT);
	KUNIT_EXPECT_EQ(test, (u8)out.why, SLC_HS_FINE);
	/* Its clock is ours, and all else is as it was. */
	was.inner_ts = NOW + 5000;
	was.spare = 2;
	KUNIT_EXPECT_MEMEQ(test, &hs, &was, sizeof(hs));

	/* asked twice, after 1 and 2 s */
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, slc_hs_timeout_ms(&hs, 5000, 0), 1000);
		slc_hs_timer(&hs, &out);
		KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_CONNECT);
		KUNIT_EXPECT_EQ(test, slc_hs_timeout_ms(&hs, 5000, 0), 2000);
		slc_hs_timer(&hs, &out);
		KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_RETRY);
		KUNIT_EXPECT_EQ(test, (u8)out.why, SLC_HS_SILENT);
		hs.spare--;
		slc_hs_retried(&hs, &out, NOW);
	}
	for (i = 0; i < SLC_HS_SYN_TRIES; i++) {
		slc_hs_timer(&hs, &out);
		KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_CONNECT);
	}
	slc_hs_timer(&hs, &out);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_RESET);
	KUNIT_EXPECT_EQ(test, (u8)out.why, SLC_HS_SILENT);

	/* There might be another, but there is none: a silent one is asked on. */
	hs_reach(test, &hs, 1000, SLC_HS_CONNECT);
	hs.spare = 1;
	slc_hs_timer(&hs, &out);
	slc_hs_timer(&hs, &out);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_RETRY);
	slc_hs_last(&hs, &out);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_CONNECT);
	KUNIT_EXPECT_EQ(test, (u8)out.why, SLC_HS_FINE);
	KUNIT_EXPECT_EQ(test, slc_hs_timeout_ms(&hs, 5000, 0), 4000);

	/* One that refuses has done so. */
	hs_reach(test, &hs, 1000, SLC_HS_CONNECT);
	hs.spare = 1;
	rst.ack = hs.inner_iss + 1;
	slc_hs_inner(&hs, &rst, &out);
	slc_hs_last(&hs, &out);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_RESET);
	KUNIT_EXPECT_EQ(test, (u8)out.why, SLC_HS_REFUSED);
}

/* An ICMP error counts if it quotes our SYN, while that is not answered. */
static void hs_unreachable_is_about_our_syn(struct kunit *test)
{
	struct slc_hs_out out;
	struct slc_hs hs;
	u8 state;

	for (state = 0; state < SLC_HS_DEAD; state++) {
		hs_reach(test, &hs, 0xfffffff0, state);
		slc_hs_unreachable(&hs, hs.inner_iss, &out);
		KUNIT_EXPECT_EQ(test, out.act, state == SLC_HS_CONNECT ?
				SLC_HS_DO_RESET : 0);
		KUNIT_EXPECT_EQ(test, (u8)out.why, state == SLC_HS_CONNECT ?
				SLC_HS_UNREACHABLE : SLC_HS_FINE);
	}
	hs_reach(test, &hs, 0xfffffff0, SLC_HS_CONNECT);
	slc_hs_unreachable(&hs, hs.inner_iss + 1, &out);
	KUNIT_EXPECT_EQ(test, out.act, 0);
	hs.spare = 1;
	slc_hs_unreachable(&hs, hs.inner_iss, &out);
	KUNIT_EXPECT_EQ(test, out.act, SLC_HS_DO_RETRY);
}

/* A repeated inner SYN bears the first one's numbers (facts: PAWS), and a
 * sender's repetition does not use up our own tries.
 */
static void hs_connect_keeps_its_numbers(struct kunit *test)
{
	struct slc_hs_out out;
	struct slc_hs hs, was;
	struct slc_hs_seg seg;
	int i;

	hs_reach(test, &hs, 0xfffffff0, SLC_HS_CONNECT);
	was = hs;
	for (i = 0; i < 20; i++) {
		seg = (struct slc_hs_seg) {
			.seq = hs.rcv_acked, .len = 30, .ack = ISS + 1,
			.flags = ACK, .has_ts = true, .tsval = TSVAL + i,
			.tsecr = NOW + TS_OFF,
		};
		slc_hs_outer(&hs, &seg, NOW + i * 1000, &out);
		KUNIT_ASSERT_EQ(test, out.act, SLC_HS_DO_CONNECT);
	}
	KUNIT_EXPECT_EQ(test, hs.inner_ts, was.inner_ts);
	KUNIT_EXPECT_EQ(test, hs.ts_base, was.ts_base);
	KUNIT_EXPECT_EQ(test, hs.inner_iss, was.inner_iss);
	KUNIT_EXPECT_EQ(test, hs.tries, 0);
	KUNIT_EXPECT_EQ(test, hs.rcv_acked, was.rcv_acked);
}

#define HS_LIVES	20000

/* Lives of handshakes, each from a seed of its own that a failure names. */
static void hs_lives(struct kunit *test)
{
	struct hs_model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	u32 done = 0, dead = 0, gathered = 0, i;

	KUNIT_ASSERT_TRUE(test, m);
	for (i = 0; i < HS_LIVES; i++) {
		const char *bad;

		*m = (struct hs_model) { .seed = i };
		bad = hs_play(m, 5 + i % 60);
		if (bad)
			KUNIT_FAIL(test, "seed %u: %s", i, bad);
		KUNIT_ASSERT_NULL(test, bad);
		done += m->state == SLC_HS_DONE;
		dead += m->state == SLC_HS_DEAD;
		gathered += m->got > 0;
	}
	/* The model is worth something only if it gets everywhere. */
	KUNIT_EXPECT_EQ(test, done + dead, HS_LIVES);
	KUNIT_EXPECT_GT(test, done, HS_LIVES / 10);
	KUNIT_EXPECT_GT(test, dead, HS_LIVES / 20);
	KUNIT_EXPECT_GT(test, gathered, HS_LIVES / 2);
}

static struct kunit_case hs_test_cases[] = {
	KUNIT_CASE_PARAM(hs_agrees, hs_listen_gen_params),
	KUNIT_CASE_PARAM(hs_segment, hs_case_gen_params),
	KUNIT_CASE_PARAM(hs_header_ends, hs_end_gen_params),
	KUNIT_CASE_PARAM(hs_application, hs_inner_gen_params),
	KUNIT_CASE_PARAM(hs_header_is_taken, hs_sent_gen_params),
	KUNIT_CASE(hs_header_is_sent),
	KUNIT_CASE(hs_begins_without_a_header),
	KUNIT_CASE(hs_timers),
	KUNIT_CASE(hs_another_is_asked),
	KUNIT_CASE(hs_unreachable_is_about_our_syn),
	KUNIT_CASE(hs_connect_keeps_its_numbers),
	KUNIT_CASE(hs_lives),
	{}
};

static struct kunit_suite hs_suite = {
	.name = "slc_hs",
	.test_cases = hs_test_cases,
};

kunit_test_suite(hs_suite);
