// SPDX-License-Identifier: GPL-2.0
/* Text as lines of words. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import.h"
#include "yaml.h"

const char *import_read(const char *name, char **text, size_t *len)
{
	int fd = strcmp(name, "-") ? open(name, O_RDONLY | O_CLOEXEC) : 0;
	const size_t max = YAML_LEN_MAX;
	const char *bad = NULL;
	ssize_t n;

	if (fd < 0)
		return strerror(errno);
	*text = malloc(max + 2);
	if (!*text)
		abort();
	*len = 0;
	do {
		n = read(fd, *text + *len, max + 1 - *len);
		if (n < 0 && errno != EINTR)
			bad = strerror(errno);
		if (n > 0)
			*len += n;
	} while (!bad && n && *len <= max);
	if (fd)
		close(fd);
	if (!bad && *len > max)
		bad = "is longer than 8 MiB";
	if (bad) {
		free(*text);
		*text = NULL;
		return bad;
	}
	*text = realloc(*text, *len + 1);
	(*text)[*len] = '\0';
	return NULL;
}

unsigned int import_line_at(const char *text, size_t pos)
{
	unsigned int line = 1;

	while (pos--)
		line += text[pos] == '\n';
	return line;
}

void import_words_begin(struct import_words *w, struct import *im,
			unsigned int how)
{
	memset(w, 0, sizeof(*w));
	w->im = im;
	w->how = how;
	w->next = im->text;
	w->end = 1;
	w->buf = malloc(im->len + 1);
	if (!w->buf)
		abort();
}

void import_words_end(struct import_words *w)
{
	free(w->buf);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* A line that is gone on with in the next, or NULL */
static const char *joined(const struct import_words *w, const char *p)
{
	if (!(w->how & IMPORT_JOIN) || *p != '\\')
		return NULL;
	p += p[1] == '\r' ? 2 : 1;
	return *p == '\n' ? p + 1 : NULL;
}

/* What a backslash makes of the letter behind it, within words */
static char escaped(char c)
{
	return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
}

/* Copies a word from p to *to; returns where it ends. */
static const char *take_word(struct import_words *w, const char *p, char **to)
{
	bool quotes = w->how & IMPORT_QUOTES;
	const char *next;
	char quote = '\0';

	for (; *p && *p != '\n'; p++) {
		next = joined(w, p);
		if (next && !quote)
			break;
		if (next) {
			w->end++;
			p = next - 1;
		} else if (!quote && is_blank(*p)) {
			break;
		} else if (quotes && *p == quote) {
			quote = '\0';
		} else if (quotes && !quote && (*p == '"' || *p == '\'')) {
			quote = *p;
		} else if (quotes && *p == '\\' && quote != '\'' && p[1] &&
			   p[1] != '\n') {
			*(*to)++ = escaped(*++p);
		} else {
			*(*to)++ = *p;
		}
	}
	*(*to)++ = '\0';
	return p;
}

/* One line, with what it goes on with; false if it has too many words. */
static bool take_line(struct import_words *w)
{
	const char *p = w->next, *next;
	bool good = true, comment = false;
	char *to = w->buf;

	w->n = 0;
	w->line = w->end;
	while (*p && *p != '\n') {
		next = joined(w, p);
		if (next && !comment) {
			w->end++;
			p = next;
		} else if (is_blank(*p) || comment) {
			p++;
		} else if (*p == '#') {
			comment = true;
		} else if (w->n == IMPORT_WORDS_MAX) {
			good = false;
			comment = true;
		} else {
			w->word[w->n++] = to;
			p = take_word(w, p, &to);
		}
	}
	w->word[w->n] = NULL;
	w->next = *p ? p + 1 : p;
	w->end++;
	return good;
}

bool import_words_next(struct import_words *w)
{
	while (*w->next) {
		if (!take_line(w))
			import_left(w->im, w->line,
				    "has more than %u words, left out",
				    IMPORT_WORDS_MAX);
		else if (w->n)
			return true;
	}
	return false;
}
