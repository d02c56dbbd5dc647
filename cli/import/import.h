/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configurations of other programs as one of ours. A reader of a format goes
 * through the text line by line, adds objects as sluice.yaml(5) has them, and
 * tells of what it cannot carry over. What comes out is read as any file is:
 * what that refuses is told of with the line it came from, and left out.
 *
 * The text may come from anybody: its length, words in a line and objects are
 * bounded.
 */
#ifndef SLUICE_IMPORT_H
#define SLUICE_IMPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "objects.h"

#define IMPORT_WORDS_MAX	256
/* Lines that are told; the others are counted. */
#define IMPORT_TELL_MAX		10000
/* Room for an address and port, or a host's name and port */
#define IMPORT_PLACE_LEN	320

/**
 * struct import - a configuration on its way
 * @file: where it comes from, for messages
 * @text: all of it, text without control characters
 * @len: bytes of @text
 * @services: as sluice.yaml(5) has them
 * @pools: likewise
 * @lines: from titles of objects, as "pool web", to lines of @text
 * @told: lines that were told, which say that something is missing
 */
struct import {
	const char *file;
	char *text;
	size_t len;
	json_t *services;
	json_t *pools;
	json_t *lines;
	unsigned int told;
};

/**
 * struct import_words - a line in words
 * @im: of whom
 * @how: IMPORT_QUOTES.. that it is written with
 * @next: what comes after it
 * @line: its number, from 1
 * @end: number of the line that comes after it
 * @n: how many words
 * @word: the words, NULL at the end
 * @buf: room for them
 */
struct import_words {
	struct import *im;
	unsigned int how;
	const char *next;
	unsigned int line;
	unsigned int end;
	unsigned int n;
	char *word[IMPORT_WORDS_MAX + 1];
	char *buf;
};

/* How lines are written */
#define IMPORT_QUOTES	0x1	/* words may have quotes and backslashes */
#define IMPORT_JOIN	0x2	/* a backslash at its end goes on in the next */

/* Begin with the first line; import_words_end() when done. */
void import_words_begin(struct import_words *w, struct import *im,
			unsigned int how);
void import_words_end(struct import_words *w);

/**
 * import_words_next() - The next line that says something.
 * @w: the line, filled in
 *
 * From a word that begins with # on, a line says nothing. One with too many
 * words is told of and left out.
 *
 * Return: false at the end of the text.
 */
bool import_words_next(struct import_words *w);

/* Read a file, "-" for standard input: NULL or why not. */
const char *import_read(const char *name, char **text, size_t *len);

/* Number of the line of a byte of the text, or the first one that is no text */
unsigned int import_line_at(const char *text, size_t pos);

/**
 * import_left() - Something is missing from what is written.
 * @im: the import
 * @line: where it stands
 * @fmt: what it is, and why it is left out or what to do
 */
void import_left(struct import *im, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same of what is worth knowing, while nothing is missing */
void import_note(struct import *im, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same of another file that the first one names */
void import_left_in(struct import *im, const char *file, unsigned int line,
		    const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/**
 * import_service() - Add a service.
 * @im: the import
 * @line: for which this line is to blame
 * @name: anything; it becomes a name that no other service has
 * @proto: "tcp" or "udp"
 * @address: as our files have it
 *
 * Return: its options, or NULL after telling that there are too many.
 */
json_t *import_service(struct import *im, unsigned int line, const char *name,
		       const char *proto, const char *address);

/* The same of a pool; its name becomes @name, which has room for 64 bytes. */
json_t *import_pool(struct import *im, unsigned int line, const char *from,
		    char *name);

/**
 * import_backend() - Add a backend.
 * @im: the import
 * @line: for which this line is to blame
 * @pool: the name of its pool
 * @address: as our files have it
 *
 * Return: its options, or NULL after telling that the pool has it, or too many.
 */
json_t *import_backend(struct import *im, unsigned int line, const char *pool,
		       const char *address);

/* An option as text, for any of these, that is known to be good */
void import_set(json_t *object, const char *option, const char *value);

/**
 * import_put() - An option whose value comes from others.
 * @im: the import
 * @line: for which this line is to blame
 * @kind: what @object is
 * @object: a service, pool or backend
 * @option: of it
 * @value: which it gets if it is good; else that it is left out is told
 */
void import_put(struct import *im, unsigned int line,
		const struct object *kind, json_t *object, const char *option,
		const char *value);

/* Of import_endpoint() */
#define IMPORT_ANY	0x1	/* no host or an unspecified one is "*" */
#define IMPORT_NAME	0x2	/* the host may have a name */
#define IMPORT_NO_PORT	0x4	/* the port may be missing */
#define IMPORT_RANGE	0x8	/* the port may be a range */

/**
 * import_endpoint() - An address and port as our files have them.
 * @text: HOST:PORT, [HOST]:PORT, or IPv6 without brackets
 * @proto: of which ports may have names
 * @flags: IMPORT_ANY..
 * @out: IMPORT_PLACE_LEN bytes
 *
 * Return: NULL, or why it is none.
 */
const char *import_endpoint(const char *text, const char *proto,
			    unsigned int flags, char *out);

/* Whether something as import_endpoint() made it is of IPv6 */
bool import_is_v6(const char *place);

/* A number, or -1 if it is none from 0 to @max */
long import_number(const char *text, long max);

/*
 * The formats. Each reads all of the text; returns NULL, or why none of it can
 * be made sense of, with *line set.
 */
const char *import_ipvs(struct import *im, unsigned int *line);
const char *import_mmproxy(struct import *im, unsigned int *line);
const char *import_convey(struct import *im, unsigned int *line);
const char *import_epoll(struct import *im, unsigned int *line);
const char *import_haproxy(struct import *im, unsigned int *line);

#endif /* SLUICE_IMPORT_H */
