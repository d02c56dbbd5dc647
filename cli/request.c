// SPDX-License-Identifier: GPL-2.0
/* A request in the making. */
#include <linux/genetlink.h>
#include <linux/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

#define TEXT_LEN	65536

/**
 * struct request_text - memory for copies, which do not move
 * @next: the one before
 * @size: of @text
 * @used: how much of it is
 * @text: the copies
 */
struct request_text {
	struct request_text *next;
	size_t size;
	size_t used;
	char text[];
};

static void *resize(void *mem, size_t size)
{
	mem = realloc(mem, size);
	if (!mem) {
		fputs("sluice: out of memory\n", stderr);
		exit(2);
	}
	return mem;
}

static void forget(struct request *rq)
{
	struct request_object *object;
	struct request_text *text;

	while ((object = rq->objects)) {
		rq->objects = object->next;
		free(object);
	}
	while ((text = rq->text)) {
		rq->text = text->next;
		free(text);
	}
	rq->n_spans = 0;
	rq->object = NULL;
	rq->from = NULL;
}

/* Room for so many bytes more */
static void *reserve(struct request *rq, size_t len)
{
	size_t used = rq->nlh ? rq->nlh->nlmsg_len : 0;

	if (used + len > rq->size) {
		rq->size = 2 * (used + len) + 4096;
		rq->nlh = resize(rq->nlh, rq->size);
	}
	return (char *)rq->nlh + used;
}

void request_begin(struct request *rq, uint8_t cmd, uint16_t flags)
{
	struct genlmsghdr *genl;

	forget(rq);
	if (rq->nlh)
		rq->nlh->nlmsg_len = 0;
	mnl_nlmsg_put_header(reserve(rq, MNL_NLMSG_HDRLEN + sizeof(*genl)));
	rq->nlh->nlmsg_flags = NLM_F_REQUEST | flags |
			       (flags & NLM_F_DUMP ? 0 : NLM_F_ACK);
	genl = mnl_nlmsg_put_extra_header(rq->nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = SLUICE_FAMILY_VERSION;
}

void request_free(struct request *rq)
{
	forget(rq);
	free(rq->nlh);
	free(rq->span);
	memset(rq, 0, sizeof(*rq));
}

void request_put(struct request *rq, uint16_t type, size_t len,
		 const void *data)
{
	reserve(rq, MNL_ATTR_HDRLEN + MNL_ALIGN(len));
	mnl_attr_put(rq->nlh, type, len, data);
}

void request_put_str(struct request *rq, uint16_t type, const char *text)
{
	request_put(rq, type, strlen(text) + 1, text);
}

uint32_t request_nest_begin(struct request *rq, uint16_t type)
{
	uint32_t nest = rq->nlh->nlmsg_len;

	request_put(rq, type | NLA_F_NESTED, 0, NULL);
	return nest;
}

void request_nest_end(struct request *rq, uint32_t nest)
{
	mnl_attr_nest_end(rq->nlh, (void *)((char *)rq->nlh + nest));
}

char *request_keep(struct request *rq, const char *text)
{
	size_t len = strlen(text) + 1, size = len > TEXT_LEN ? len : TEXT_LEN;
	struct request_text *last = rq->text;
	char *copy;

	if (!last || last->size - last->used < len) {
		last = resize(NULL, sizeof(*last) + size);
		last->size = size;
		last->used = 0;
		last->next = rq->text;
		rq->text = last;
	}
	copy = memcpy(last->text + last->used, text, len);
	last->used += len;
	return copy;
}

static void add_span(struct request *rq, const struct request_span *span)
{
	if (rq->n_spans == rq->max_spans) {
		rq->max_spans = 2 * rq->max_spans + 64;
		rq->span = resize(rq->span, rq->max_spans * sizeof(*span));
	}
	rq->span[rq->n_spans] = *span;
	rq->span[rq->n_spans++].end = rq->nlh->nlmsg_len;
}

void request_span_begin(struct request *rq, const char *option,
			const char *value)
{
	rq->open = (struct request_span) {
		.start	= rq->nlh->nlmsg_len,
		.object	= rq->object,
		.option	= option,
		.value	= value ? request_keep(rq, value) : NULL,
		.from	= rq->from,
	};
}

void request_span_end(struct request *rq)
{
	add_span(rq, &rq->open);
}

uint32_t request_object_begin(struct request *rq, uint16_t type,
			      const char *name, const struct attr *table)
{
	struct request_object *object;

	object = resize(NULL, sizeof(*object) + strlen(name) + 1);
	memcpy(object->name, name, strlen(name) + 1);
	object->table = table;
	object->from = rq->from;
	object->next = rq->objects;
	rq->objects = object;
	rq->object = object;
	return request_nest_begin(rq, type);
}

void request_object_end(struct request *rq, uint32_t nest)
{
	struct request_span span = {
		.start	= nest,
		.object	= rq->object,
		.from	= rq->object->from,
	};

	request_nest_end(rq, nest);
	add_span(rq, &span);
	rq->object = NULL;
}

const struct request_span *request_span_at(const struct request *rq,
					   uint32_t offset)
{
	unsigned int i;

	for (i = 0; i < rq->n_spans; i++)
		if (offset >= rq->span[i].start && offset < rq->span[i].end)
			return &rq->span[i];
	return NULL;
}
