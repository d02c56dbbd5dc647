// SPDX-License-Identifier: GPL-2.0
/* What `sluice top` reads of flows. */
#include <errno.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "flowmem.h"
#include "human.h"
#include "nlstream.h"
#include "objects.h"
#include "out.h"
#include "topflow.h"
#include "wait.h"

/* Rows kept; more than anybody scrolls through */
#define KEPT		1000
/* Flows that are not silent and can be told the rate of; 64 bytes each */
#define REMEMBERED	1048576
/* Sweeps shorter than this are timed together with the next. */
#define SHORTEST_MS	500

enum {
	F_SENDER, F_CLIENT, F_BACKEND, F_STATE, F_BYTES, F_BITS, F_RTT,
	F_AGE, F_SERVICE, F_TLV,
};

static const struct grid_column columns[] = {
	[F_SENDER]	= { "SENDER", false, 14, 4 },
	[F_CLIENT]	= { "CLIENT", false, 18, 0 },
	[F_BACKEND]	= { "BACKEND", false, 14, 3 },
	[F_STATE]	= { "STATE", false, 5, 5 },
	[F_BYTES]	= { "BYTES", true, 0, 2 },
	[F_BITS]	= { "BIT/S", true, 0, 1 },
	[F_RTT]		= { "RTT", true, 0, 4 },
	[F_AGE]		= { "AGE", true, 0, 5 },
	[F_SERVICE]	= { "SERVICE", false, 7, 7 },
	[F_TLV]		= { "TLV", false, 6, 6 },
	{ NULL }
};

/* The one sweep that there is */
static struct {
	struct nlstream stream;
	struct flowmem *mem;
	struct grid grid;
	/* what it is for */
	unsigned int column;
	bool reversed;
	char filter[sizeof(((struct topview *)0)->filter)];
	unsigned long seen;
	uint64_t began;
	bool done;
} sweep;

static struct request rq;

void topflow_init(struct topview *v)
{
	v->grid[TOPVIEW_FLOWS].column = columns;
	v->sorted[TOPVIEW_FLOWS] = F_BITS;
	sweep.grid.column = columns;
}

bool topflow_is_sweeping(void)
{
	return sweep.stream.rq;
}

bool topflow_has_swept(void)
{
	return sweep.done;
}

/* Numbers say which are the first; of text any may be wanted. */
static unsigned int column_of(const struct topview *v)
{
	unsigned int sorted = v->sorted[TOPVIEW_FLOWS];

	return columns[sorted].number ? sorted : F_BITS;
}

static bool is_for(const struct topview *v)
{
	return sweep.column == column_of(v) &&
	       sweep.reversed == (v->reversed[TOPVIEW_FLOWS] &&
				  columns[v->sorted[TOPVIEW_FLOWS]].number) &&
	       !strcmp(sweep.filter, v->typing ? v->before : v->filter);
}

int topflow_start(struct topview *v, struct nlsock_error *err)
{
	uint64_t now = wait_clock_ms();

	memset(err, 0, sizeof(*err));
	if (topflow_is_sweeping() && is_for(v))
		return 0;
	topflow_stop();
	if (!sweep.mem)
		sweep.mem = flowmem_new(REMEMBERED);
	if (!sweep.mem)
		return err->code = ENOMEM;
	if (!sweep.began || now - sweep.began >= SHORTEST_MS) {
		flowmem_turn(sweep.mem, now);
		sweep.began = now;
	}
	grid_clear(&sweep.grid);
	sweep.column = column_of(v);
	sweep.reversed = v->reversed[TOPVIEW_FLOWS] &&
			 columns[v->sorted[TOPVIEW_FLOWS]].number;
	memcpy(sweep.filter, v->typing ? v->before : v->filter,
	       sizeof(sweep.filter));
	sweep.seen = 0;
	request_begin(&rq, SLUICE_CMD_GET_FLOW, NLM_F_DUMP);
	return nlstream_dump(&sweep.stream, &rq, err);
}

static uint64_t get_u64(const struct nlattr *attr)
{
	return attr ? mnl_attr_get_u64(attr) : 0;
}

static char *text_of(const json_t *record, const char *key)
{
	const json_t *value = json_object_get(record, key);

	return value ? out_text(value) : NULL;
}

static void fill(struct grid_row *row, const struct nlmsghdr *nlh)
{
	json_t *record = attr_record(flow_attrs, nlh);
	char text[HUMAN_LEN];

	row->text[F_SENDER] = text_of(record, "sender");
	row->text[F_CLIENT] = text_of(record, "client");
	row->text[F_BACKEND] = text_of(record, "backend");
	row->text[F_STATE] = text_of(record, "state");
	row->text[F_SERVICE] = text_of(record, "service");
	row->text[F_TLV] = text_of(record, "tlv");
	row->text[F_BYTES] = strdup(human_count(text, row->key[F_BYTES]));
	row->text[F_BITS] = strdup(row->key[F_BITS] < 0 ? "-" :
				   human_count(text, row->key[F_BITS]));
	row->text[F_RTT] = strdup(row->key[F_RTT] < 0 ? "-" :
				  human_delay(text, row->key[F_RTT]));
	row->text[F_AGE] = strdup(human_age(text, row->key[F_AGE]));
	json_decref(record);
}

/* Whether a flow passes the filter */
static bool is_wanted(const struct grid_row *row, const struct nlmsghdr *nlh)
{
	struct grid_row copy = *row;
	bool wanted;

	if (!*sweep.filter)
		return true;
	fill(&copy, nlh);
	wanted = grid_matches(&sweep.grid, &copy, sweep.filter);
	grid_row_free(&copy);
	return wanted;
}

static int take(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[SLUICE_A_FLOW_MAX + 1];
	struct flowmem_reading now;
	struct flowmem_rate rate;
	struct grid_row row = { 0 };

	(void)data;
	sweep.seen++;
	nlsock_parse(nlh, tb, SLUICE_A_FLOW_MAX);
	now.id = get_u64(tb[SLUICE_A_FLOW_ID]);
	now.bytes_in = get_u64(tb[SLUICE_A_FLOW_BYTES_IN]);
	now.bytes_out = get_u64(tb[SLUICE_A_FLOW_BYTES_OUT]);
	now.age = get_u64(tb[SLUICE_A_FLOW_AGE]);
	now.idle = get_u64(tb[SLUICE_A_FLOW_IDLE]);
	now.at = wait_clock_ms();
	row.key[F_BYTES] = now.bytes_in + now.bytes_out;
	row.key[F_AGE] = now.age / 1000.0;
	row.key[F_BITS] = -1;
	row.key[F_RTT] = tb[SLUICE_A_FLOW_RTT] ?
			 mnl_attr_get_u32(tb[SLUICE_A_FLOW_RTT]) / 1e6 : -1;
	if (flowmem_note(sweep.mem, &now, &rate))
		row.key[F_BITS] = 8 * (rate.in + rate.out);
	if (grid_drops(&sweep.grid, row.key[sweep.column], sweep.column,
		       sweep.reversed, KEPT) || !is_wanted(&row, nlh))
		return MNL_CB_OK;
	/* Text costs most: until the end the message itself is kept. */
	row.text[0] = malloc(nlh->nlmsg_len);
	if (row.text[0])
		memcpy(row.text[0], nlh, nlh->nlmsg_len);
	grid_keep(&sweep.grid, &row, sweep.column, sweep.reversed, KEPT);
	return MNL_CB_OK;
}

static void unpack(struct grid *g)
{
	char *nlh;
	size_t i;

	for (i = 0; i < g->n; i++) {
		nlh = g->row[i].text[0];
		g->row[i].text[0] = NULL;
		if (nlh)
			fill(&g->row[i], (const struct nlmsghdr *)nlh);
		free(nlh);
	}
}

static void show(struct topview *v)
{
	struct grid old = v->grid[TOPVIEW_FLOWS];

	unpack(&sweep.grid);
	v->grid[TOPVIEW_FLOWS] = sweep.grid;
	sweep.grid = old;
	sweep.done = true;
	grid_clear(&sweep.grid);
	*v->notice = '\0';
	if (v->grid[TOPVIEW_FLOWS].n == KEPT)
		snprintf(v->notice, sizeof(v->notice), "the first %u of %lu",
			 KEPT, sweep.seen);
}

int topflow_step(struct topview *v, struct nlsock_error *err)
{
	char text[HUMAN_LEN];

	if (nlstream_read(&sweep.stream, take, NULL, err)) {
		if (!sweep.done)
			snprintf(v->notice, sizeof(v->notice),
				 "reading, %s so far",
				 human_count(text, sweep.seen));
		/* A signal, if anything */
		return err->code = 0;
	}
	if (err->code)
		topflow_stop();
	else
		show(v);
	return err->code;
}

void topflow_stop(void)
{
	if (topflow_is_sweeping())
		nlstream_close(&sweep.stream);
}

void topflow_forget(void)
{
	nlstream_close(&sweep.stream);
	flowmem_free(sweep.mem);
	sweep.mem = NULL;
	sweep.done = false;
}

void topflow_free(void)
{
	topflow_forget();
	grid_free(&sweep.grid);
	memset(&sweep, 0, sizeof(sweep));
}
