/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attributes: one table for each object says how every option is written,
 * sent, shown and explained. To add an attribute is to add a row.
 */
#ifndef SLUICE_ATTR_H
#define SLUICE_ATTR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "nlsock.h"

/* How a value is written and sent; struct attr.nla in the order shown */
enum attr_kind {
	ATTR_STRING,	/* word: string */
	ATTR_CHOICE,	/* one of the words: u32 */
	ATTR_PROTO,	/* tcp, udp: u8 */
	ATTR_PLACE,	/* where a service is: addr, any, port, port-end */
	ATTR_ENDPOINT,	/* ADDR, ADDR:PORT or *:PORT: addr, port */
	ATTR_TARGET,	/* ADDR, ADDR:PORT or none: addr, port */
	ATTR_PREFIXES,	/* PREFIX,PREFIX,..: nests */
	ATTR_SECONDS,	/* SEC: u32 milliseconds */
	ATTR_AGE,	/* SEC, shown only: u64 milliseconds */
	ATTR_NUMBER,	/* number: u32 */
	ATTR_NUMBER64,	/* number: u64 */
	ATTR_MARK,	/* VALUE[/MASK] or none: mark, mask */
	ATTR_METHOD,	/* one of the words: string */
	ATTR_WORD,	/* nothing but its name: flag */
	ATTR_SWITCH,	/* on, off: u8 */
	ATTR_HEADER,	/* v1, v2, none: u8 */
	ATTR_DEVICE,	/* name, shown only: u32 */
	ATTR_TLVS,	/* shown only: binary */
	ATTR_LOCAL,	/* not sent: whoever fills the record knows */
};

/* struct attr.flags: */
#define ATTR_ADD	0x0001	/* of COMMAND add */
#define ATTR_SET	0x0002	/* of set */
#define ATTR_DEL	0x0004	/* of del, flush, reset */
#define ATTR_SHOW	0x0008	/* of show */
#define ATTR_ARG	0x0010	/* comes without its name, in the table's order */
#define ATTR_NEEDED	0x0020	/* cannot be left out, but of show */
#define ATTR_BARE	0x0040	/* value may be left out: then words[1] */
#define ATTR_LATER	0x0080	/* a word of the grammar, not yet built */
#define ATTR_OUT	0x0100	/* shown */
#define ATTR_COLUMN	0x0200	/* shown in text without its name, aligned */

/**
 * struct attr - one row
 * @name: of the option and of the JSON key
 * @kind: how its value looks
 * @flags: ATTR_*
 * @nla: attribute numbers
 * @words: what a choice may be, by number, NULL at the end; words after the
 *	first NULL and up to the next are of the grammar, but not yet built
 * @min: lowest number
 * @max: highest number
 * @usual: text need not show this value
 * @arg: what help calls the value
 * @help: one line
 */
struct attr {
	const char *name;
	enum attr_kind kind;
	unsigned int flags;
	uint16_t nla[4];
	const char *const *words;
	uint64_t min;
	uint64_t max;
	const char *usual;
	const char *arg;
	const char *help;
};

/**
 * attr_find() - The row of an option.
 * @table: ends with a row without name
 * @name: as typed
 * @flags: only rows with one of these
 */
const struct attr *attr_find(const struct attr *table, const char *name,
			     unsigned int flags);

static inline bool attr_is_needed(const struct attr *attr, unsigned int uses)
{
	return attr->flags & ATTR_NEEDED && !(uses & ATTR_SHOW);
}

/**
 * attr_put() - Put a value into a request.
 * @attr: its row
 * @value: as typed, NULL for an ATTR_WORD or ATTR_BARE without one
 * @rq: the request
 * @bad: the part of @value at fault; @value unless it is a list
 *
 * Return: NULL, or what is wrong with it.
 */
const char *attr_put(const struct attr *attr, const char *value,
		     struct nlsock_request *rq, const char **bad);

/* Whether a word is one that @attr may have, built or not */
bool attr_is_choice(const struct attr *attr, const char *word);

/**
 * attr_record() - A message of the kernel as names and values.
 * @table: its object's
 * @nlh: the message
 * @max: highest attribute number
 *
 * Return: a JSON object, its keys in the table's order.
 */
json_t *attr_record(const struct attr *table, const struct nlmsghdr *nlh,
		    unsigned int max);

#endif /* SLUICE_ATTR_H */
