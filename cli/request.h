/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A request in the making. It grows as needed, and keeps, for each attribute,
 * the argument that it was made from and the object that it is part of, so
 * that an error of the kernel can be shown after them.
 */
#ifndef SLUICE_REQUEST_H
#define SLUICE_REQUEST_H

#include <libmnl/libmnl.h>
#include <stdint.h>

struct attr;
struct request_text;

/**
 * struct request_object - what a part of a request changes
 * @next: the one before
 * @table: what its attributes are
 * @from: what @from of the request was when it began
 * @name: what to call it in an error, "" if that goes without saying
 */
struct request_object {
	struct request_object *next;
	const struct attr *table;
	const void *from;
	char name[];
};

/**
 * struct request_span - which argument a part of a request was made from
 * @start: offset of the first byte
 * @end: offset after the last
 * @object: what it is part of, NULL if the request is about one thing
 * @option: its option, NULL for an argument without
 * @value: its value, NULL for a word alone
 * @from: what @from of the request was
 */
struct request_span {
	uint32_t start;
	uint32_t end;
	const struct request_object *object;
	const char *option;
	const char *value;
	const void *from;
};

/**
 * struct request - a request in the making; all zero at first
 * @nlh: the message
 * @size: memory for it
 * @span: where its parts come from
 * @n_spans: how many there are
 * @max_spans: memory for them
 * @open: the span begun last
 * @object: what is being put belongs to it
 * @objects: all there are, the last first
 * @text: copies of what spans name
 * @from: for who fills the request; spans keep it, so that a place in a file
 *	can be told from an error
 */
struct request {
	struct nlmsghdr *nlh;
	size_t size;
	struct request_span *span;
	unsigned int n_spans;
	unsigned int max_spans;
	struct request_span open;
	struct request_object *object;
	struct request_object *objects;
	struct request_text *text;
	const void *from;
};

/**
 * request_begin() - Begin a request, in place of the one that @rq was.
 * @rq: the request
 * @cmd: SLUICE_CMD_*
 * @flags: NLM_F_DUMP or 0
 */
void request_begin(struct request *rq, uint8_t cmd, uint16_t flags);

/* Give back the memory of a request. */
void request_free(struct request *rq);

/* Put attributes. Nests are closed by what opening them returned. */
void request_put(struct request *rq, uint16_t type, size_t len,
		 const void *data);
void request_put_str(struct request *rq, uint16_t type,
		     const char *text);
uint32_t request_nest_begin(struct request *rq, uint16_t type);
void request_nest_end(struct request *rq, uint32_t nest);

static inline void request_put_flag(struct request *rq, uint16_t type)
{
	request_put(rq, type, 0, NULL);
}

static inline void request_put_u8(struct request *rq, uint16_t type,
				  uint8_t value)
{
	request_put(rq, type, sizeof(value), &value);
}

static inline void request_put_u16(struct request *rq, uint16_t type,
				   uint16_t value)
{
	request_put(rq, type, sizeof(value), &value);
}

static inline void request_put_u32(struct request *rq, uint16_t type,
				   uint32_t value)
{
	request_put(rq, type, sizeof(value), &value);
}

static inline void request_put_u64(struct request *rq, uint16_t type,
				   uint64_t value)
{
	request_put(rq, type, sizeof(value), &value);
}

/* A copy that lasts as long as the request */
char *request_keep(struct request *rq, const char *text);

/*
 * What is put between the two is made from this argument, copied; spans do
 * not overlap.
 */
void request_span_begin(struct request *rq, const char *option,
			const char *value);
void request_span_end(struct request *rq);

/**
 * request_object_begin() - Open a nest that changes an object.
 * @rq: the request
 * @type: its number
 * @name: what to call the object in an error, "" if that goes without saying
 * @table: what its attributes are
 *
 * Return: what request_object_end() wants.
 */
uint32_t request_object_begin(struct request *rq, uint16_t type,
			      const char *name, const struct attr *table);
void request_object_end(struct request *rq, uint32_t nest);

/* The innermost span that holds the byte at an offset, or NULL */
const struct request_span *request_span_at(const struct request *rq,
					   uint32_t offset);

#endif /* SLUICE_REQUEST_H */
