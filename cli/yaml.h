/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A YAML or JSON file as a tree that knows where each part of it was written,
 * and the list of everything that is wrong with it. Knows nothing of what the
 * file means.
 *
 * The file may come from anybody: its length, depth and number of nodes are
 * bounded, and there are no anchors, which could make much of little.
 */
#ifndef SLUICE_YAML_H
#define SLUICE_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define YAML_LEN_MAX	(8u * 1024 * 1024)
#define YAML_DEPTH_MAX	16
#define YAML_NODES_MAX	(512u * 1024)
/* Errors that are told; the others are counted. */
#define YAML_ERRORS_MAX	50

enum yaml_kind {
	YAML_SCALAR,
	YAML_LIST,
	YAML_MAP,
};

/**
 * struct yaml_node - a part of the file
 * @kind: what it is
 * @text: of a scalar, not NULL
 * @is_null: a scalar that says nothing: empty, ~ or null, not quoted
 * @is_told: what is wrong with it has been told, and what it says is not known
 * @is_part: a list or map of which more was written than is known
 * @pos: where it begins, bytes from the start
 * @len: how many bytes it has; of lists and maps, 1 or 0
 * @key: its key if it is in a map
 * @first: of the parts of a list or map
 * @next: the next part of its list or map
 */
struct yaml_node {
	enum yaml_kind kind;
	const char *text;
	bool is_null;
	bool is_told;
	bool is_part;
	size_t pos;
	size_t len;
	const struct yaml_node *key;
	struct yaml_node *first;
	struct yaml_node *next;
};

/**
 * struct yaml_error - what is wrong, and where
 * @pos: bytes from the start
 * @len: how many bytes are at fault
 * @object: "service web", or NULL
 * @option: or NULL
 * @reason: a phrase
 * @order: of being found
 */
struct yaml_error {
	size_t pos;
	size_t len;
	char *object;
	char *option;
	char *reason;
	unsigned int order;
};

/**
 * struct yaml_file - a file, read
 * @name: for messages
 * @text: all of it
 * @len: bytes of @text
 * @is_binary: it is not text
 * @is_cut: @root is what could be read before an error; what was being read is
 *	@is_part
 * @root: NULL if there is nothing in it
 * @error: what is wrong
 * @n_errors: how many there are of @error
 * @n_more: and how many were not kept
 */
struct yaml_file {
	const char *name;
	char *text;
	size_t len;
	bool is_binary;
	bool is_cut;
	struct yaml_node *root;
	struct yaml_error error[YAML_ERRORS_MAX];
	unsigned int n_errors;
	unsigned int n_more;
	struct yaml_chunk *chunks;
	unsigned int n_nodes;
};

/**
 * yaml_load() - Read a file.
 * @name: of the file, "-" for standard input
 *
 * Return: the file, perhaps with errors in it, or NULL with errno set.
 */
struct yaml_file *yaml_load(const char *name);

/**
 * yaml_parse() - The same of text in memory.
 * @name: for messages
 * @text: to be freed with the file; a byte of it after @len is writable
 * @len: bytes of @text
 */
struct yaml_file *yaml_parse(const char *name, char *text, size_t len);

void yaml_free(struct yaml_file *file);

/**
 * yaml_error() - Something is wrong, unless @at is told already.
 * @file: with this file
 * @at: here
 * @part: which is part of @at's text or NULL for all of it
 * @object: "service web" or NULL
 * @option: or NULL
 * @fmt: why
 */
void yaml_error(struct yaml_file *file, const struct yaml_node *at,
		const char *part, const char *object, const char *option,
		const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/* The part of a map with this key, or NULL */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* Whether a map has no such key, as far as can be known */
static inline bool yaml_lacks(const struct yaml_node *map, const char *key)
{
	return !map->is_told && !map->is_part && !yaml_get(map, key);
}

/* Number of the line that a node is in, from 1 */
unsigned int yaml_line(const struct yaml_file *file,
		       const struct yaml_node *node);

/**
 * yaml_print_errors() - All errors, in the order of the file.
 * @file: the file
 * @f: where to
 * @json: for programs
 * @command: that found them
 */
void yaml_print_errors(struct yaml_file *file, FILE *f, bool json,
		       const char *command);

#endif /* SLUICE_YAML_H */
