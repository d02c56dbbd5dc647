/* SPDX-License-Identifier: GPL-2.0 */
/* TOML, which no library for C in Debian reads: python3 does. */
#ifndef SLUICE_TOML_H
#define SLUICE_TOML_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * toml_read() - Read TOML.
 * @text: the text
 * @len: bytes of it
 * @root: set to what it says, NULL in case of an error
 * @line: set if the error is in one
 *
 * Return: NULL or what is wrong, with the text or with the helper.
 */
const char *toml_read(const char *text, size_t len, json_t **root,
		      unsigned int *line);

/* Lines of tables and keys of a text that is good, for toml_line() */
json_t *toml_lines(const char *text);

/**
 * toml_line() - Where a table or a key of it stands.
 * @lines: of toml_lines()
 * @table: as "backends.web.servers", "" for none
 * @key: a key of it, or NULL for the table
 *
 * Return: the number of its line; that of a table around it if it is written in
 * another way, else 1.
 */
unsigned int toml_line(const json_t *lines, const char *table, const char *key);

#endif /* SLUICE_TOML_H */
