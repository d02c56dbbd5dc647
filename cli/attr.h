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

#include "request.h"

/* How a value is written and sent; struct attr.nla in the order shown */
enum attr_kind {
	ATTR_STRING,	/* string of at most max letters, none of the words */
	ATTR_CHOICE,	/* one of the words: u32 */
	ATTR_PROTO,	/* tcp, udp: u8 */
	ATTR_PLACE,	/* where a service is: addr, any, port, port-end, ports */
	ATTR_ENDPOINT,	/* ADDR, ADDR:PORT or *:PORT: addr, port */
	ATTR_TARGET,	/* ADDR or ADDR:PORT: addr, port */
	ATTR_PREFIXES,	/* PREFIX,PREFIX,..: nests */
	ATTR_SECONDS,	/* SEC: u32 milliseconds */
	ATTR_AGE,	/* SEC, shown only: u64 milliseconds */
	ATTR_RTT,	/* SEC, shown only: u32 microseconds */
	ATTR_NUMBER16,	/* number: u16 */
	ATTR_NUMBER,	/* number: u32 */
	ATTR_NUMBER64,	/* number: u64 */
	ATTR_MARK,	/* VALUE[/MASK]: mark, mask */
	ATTR_METHOD,	/* one of the words: string */
	ATTR_WORD,	/* nothing but its name: flag, or two of them */
	ATTR_SWITCH,	/* on, off: u8 */
	ATTR_HEADER,	/* v1, v2, none: u8 */
	ATTR_DEVICE,	/* name, shown only: u32 */
	ATTR_TLVS,	/* of a header, shown only: binary */
	ATTR_TLV_LIST,	/* TYPE[=HEX],TYPE[=HEX],..: nests */
	ATTR_FIELDS,	/* WORD,WORD,..: u32, a bit for each */
	ATTR_KEY,	/* hexadecimal: 16 bytes */
	ATTR_DATA,	/* what tools keep, at most max bytes */
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
#define ATTR_NONE	0x0400	/* "none" is a value, that takes away others */
#define ATTR_JSON	0x0800	/* shown in JSON only */
#define ATTR_HOST	0x1000	/* of the whole host: left alone if not given */
#define ATTR_MOVES	0x2000	/* of set it is an option, though an argument */
#define ATTR_ALIGNED	0x4000	/* shown in text with its name, aligned */
#define ATTR_SECRET	0x8000	/* text says only that there is one */
#define ATTR_DRAIN	0x10000	/* of drain */
#define ATTR_FLEETING	0x20000	/* of set, but what is found: in no file */

struct object;

/* What text has in place of a secret */
#define ATTR_HIDDEN	"(set)"

/* Most attributes that a row is made of */
#define ATTR_NLAS	5

/**
 * struct attr - one row
 * @name: of the option and of the JSON key
 * @kind: how its value looks
 * @flags: ATTR_*
 * @nla: attribute numbers
 * @words: what a choice may be, by number, NULL at the end; words after the
 *	first NULL and up to the next are of the grammar, but not yet built.
 *	Of a string, what it may not be, or NULL
 * @min: lowest number
 * @max: highest number
 * @usual: text need not show this value
 * @names: completion offers what there is of this object
 * @arg: what help calls the value
 * @help: one line
 */
struct attr {
	const char *name;
	enum attr_kind kind;
	unsigned int flags;
	uint16_t nla[ATTR_NLAS];
	const char *const *words;
	uint64_t min;
	uint64_t max;
	const char *usual;
	const struct object *names;
	const char *arg;
	const char *help;
};

/* The words of ATTR_SWITCH */
extern const char *const attr_switches[];

/**
 * attr_find() - The row of an option.
 * @table: ends with a row without name
 * @name: as typed
 * @flags: only rows with one of these
 */
const struct attr *attr_find(const struct attr *table, const char *name,
			     unsigned int flags);

/* The text of an option in a record, or NULL */
static inline const char *attr_text(const json_t *record, const char *name)
{
	return json_string_value(json_object_get(record, name));
}

/* Whether an argument of add is an option of this command */
static inline bool attr_moves(const struct attr *attr, unsigned int uses)
{
	return attr->flags & ATTR_MOVES && uses & ATTR_SET;
}

static inline bool attr_is_arg(const struct attr *attr, unsigned int uses)
{
	return attr->flags & ATTR_ARG && !attr_moves(attr, uses);
}

static inline bool attr_is_needed(const struct attr *attr, unsigned int uses)
{
	return attr->flags & ATTR_NEEDED && !(uses & ATTR_SHOW) &&
	       !attr_moves(attr, uses);
}

/**
 * attr_put() - Put a value into a request.
 * @attr: its row
 * @value: as typed, NULL for an ATTR_WORD or ATTR_BARE without one
 * @rq: the request
 * @bad: the part of @value at fault; @value unless it is a list. Good as long
 *	as the request
 *
 * Return: NULL, or what is wrong with it.
 */
const char *attr_put(const struct attr *attr, const char *value,
		     struct request *rq, const char **bad);

/* Whether a word is one that @attr may have, built or not */
bool attr_is_choice(const struct attr *attr, const char *word);

/* Number of a word of @attr, or -1 and why it is none */
int attr_choose(const struct attr *attr, const char *word, const char **err);

/* Name of the row that an attribute number belongs to, or NULL */
const char *attr_option_of(const struct attr *table, unsigned int nla);

/**
 * attr_record() - A message of the kernel as names and values.
 * @table: its object's
 * @nlh: the message
 *
 * Return: a JSON object, its keys in the table's order.
 */
json_t *attr_record(const struct attr *table, const struct nlmsghdr *nlh);

#endif /* SLUICE_ATTR_H */
