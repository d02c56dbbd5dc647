// SPDX-License-Identifier: GPL-2.0
/* Files of YAML or JSON as trees. */
#include <errno.h>
#include <fcntl.h>
#include <libfyaml.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "value.h"
#include "yaml.h"

#define CHUNK_LEN	65536

static const char too_much[] = "too much for a configuration";

/* Memory that is freed with the file */
struct yaml_chunk {
	struct yaml_chunk *next;
	size_t used;
	size_t size;
	char mem[] __attribute__((aligned(16)));
};

static void *take(struct yaml_file *file, size_t len)
{
	struct yaml_chunk *c = file->chunks;
	size_t size;
	void *p;

	len = (len + 15) & ~(size_t)15;
	if (!c || c->size - c->used < len) {
		size = len > CHUNK_LEN ? len : CHUNK_LEN;
		c = malloc(sizeof(*c) + size);
		if (!c)
			abort();
		c->next = file->chunks;
		c->used = 0;
		c->size = size;
		file->chunks = c;
	}
	p = c->mem + c->used;
	c->used += len;
	return p;
}

/* One more error is only counted: what it would say is not worth looking for. */
static bool is_full(struct yaml_file *file)
{
	if (file->n_errors < YAML_ERRORS_MAX)
		return false;
	file->n_more++;
	return true;
}

static void add_error(struct yaml_file *file, size_t pos, size_t len,
		      const char *object, const char *option, char *reason)
{
	struct yaml_error *e;

	if (is_full(file)) {
		free(reason);
		return;
	}
	e = &file->error[file->n_errors];
	e->pos = pos < file->len ? pos : file->len;
	e->len = len;
	e->object = object ? strdup(object) : NULL;
	e->option = option ? strdup(option) : NULL;
	e->reason = reason;
	e->order = file->n_errors++;
}

void yaml_error(struct yaml_file *file, const struct yaml_node *at,
		const char *part, const char *object, const char *option,
		const char *fmt, ...)
{
	size_t pos = at->pos, len = at->len, skip = 0;
	char *reason = NULL;
	va_list ap;

	if (at->is_told || is_full(file))
		return;
	va_start(ap, fmt);
	if (vasprintf(&reason, fmt, ap) < 0)
		abort();
	va_end(ap);
	/* A scalar with escapes or over several lines is at fault as a whole. */
	if (part && at->kind == YAML_SCALAR) {
		skip = part - at->text;
		if (strlen(at->text) == len &&
		    !memcmp(file->text + pos, at->text, len)) {
			pos += skip;
			len = strcspn(part, ",");
		}
	}
	add_error(file, pos, len, object, option, reason);
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *n;

	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (n = map->first; n; n = n->next)
		if (!strcmp(n->key->text, key))
			return n;
	return NULL;
}

static bool is_text(struct yaml_file *file)
{
	size_t bad = value_text_end(file->text, file->len);
	unsigned char c = file->text[bad];
	char *why = NULL;

	if (bad == file->len)
		return true;
	if (asprintf(&why, c >= 0x80 ? "byte 0x%02x is not text in UTF-8" :
		     "a control character (0x%02x) is not text", c) < 0)
		abort();
	add_error(file, bad, 1, NULL, NULL, why);
	file->is_binary = true;
	return false;
}

/* That of the end of the file too */
static bool is_space(char c)
{
	return strchr(" \t\r\n", c);
}

/*
 * libfyaml keeps what stands between brackets until they are closed, a few
 * hundred bytes for each part of it: count before it does.
 */
static bool is_small(struct yaml_file *file)
{
	const char *s = file->text;
	unsigned int parts = 0;
	char before;
	size_t i;

	for (i = 0; i < file->len; i++) {
		before = i ? s[i - 1] : ' ';
		if (s[i] == ':')
			parts += is_space(s[i + 1]) || strchr("\"'", before);
		else if (s[i] == '-')
			parts += is_space(s[i + 1]);
		else if (s[i] == '"' || s[i] == '\'')
			parts += is_space(before);
		else
			parts += !!strchr("[{,?!&*", s[i]);
		if (parts <= YAML_NODES_MAX)
			continue;
		add_error(file, i, 1, NULL, NULL, strdup(too_much));
		return false;
	}
	return true;
}

/* What was begun and is not yet complete, and the key that waits for its value */
struct builder {
	struct yaml_file *file;
	struct yaml_node *open[YAML_DEPTH_MAX];
	struct yaml_node **end[YAML_DEPTH_MAX];
	struct yaml_node *key[YAML_DEPTH_MAX];
	unsigned int depth;
	unsigned int documents;
	size_t pos;
};

static void cut(struct builder *b)
{
	unsigned int d;

	b->file->is_cut = true;
	for (d = 0; d < b->depth; d++)
		b->open[d]->is_part = true;
}

static bool fail(struct builder *b, size_t len, const char *why)
{
	add_error(b->file, b->pos, len, NULL, NULL, strdup(why));
	cut(b);
	return false;
}

static bool add(struct builder *b, struct yaml_node *node)
{
	struct yaml_node *in;
	unsigned int d;

	if (!b->depth) {
		b->file->root = node;
		return true;
	}
	d = b->depth - 1;
	in = b->open[d];
	if (in->kind == YAML_MAP && !b->key[d]) {
		if (node->kind != YAML_SCALAR)
			return fail(b, 1, "a key must be a word");
		b->key[d] = node;
		return true;
	}
	node->key = b->key[d];
	b->key[d] = NULL;
	*b->end[d] = node;
	b->end[d] = &node->next;
	return true;
}

static int by_key(const void *a, const void *b)
{
	const struct yaml_node *const *x = a, *const *y = b;
	int c = strcmp((*x)->key->text, (*y)->key->text);

	return c ?: ((*x)->key->pos > (*y)->key->pos) -
		    ((*x)->key->pos < (*y)->key->pos);
}

/* The first of keys alike stays, so that what follows sees each once. */
static void refuse_twins(struct yaml_file *file, struct yaml_node *map)
{
	struct yaml_node **all, **n, *node;
	size_t count = 0, i;

	for (node = map->first; node; node = node->next)
		count++;
	if (count < 2)
		return;
	all = calloc(count, sizeof(*all));
	if (!all)
		abort();
	for (i = 0, node = map->first; node; node = node->next)
		all[i++] = node;
	qsort(all, count, sizeof(*all), by_key);
	for (i = 1; i < count; i++) {
		if (strcmp(all[i]->key->text, all[i - 1]->key->text))
			continue;
		if (is_full(file))
			break;
		yaml_error(file, all[i]->key, NULL, NULL, all[i]->key->text,
			   "is given twice, first in line %u",
			   yaml_line(file, all[i - 1]->key));
		/* Out of the list; its next twin is compared with the first. */
		for (n = &map->first; *n != all[i]; n = &(*n)->next)
			;
		*n = all[i]->next;
		all[i] = all[i - 1];
	}
	free(all);
}

static struct yaml_node *new_node(struct builder *b, enum yaml_kind kind)
{
	struct yaml_node *node;

	if (b->file->n_nodes++ == YAML_NODES_MAX) {
		fail(b, 1, too_much);
		return NULL;
	}
	node = take(b->file, sizeof(*node));
	memset(node, 0, sizeof(*node));
	node->kind = kind;
	node->pos = b->pos;
	node->text = "";
	return node;
}

static bool on_scalar(struct builder *b, struct fy_event *event)
{
	struct fy_token *token = event->scalar.value;
	const struct fy_mark *end = fy_event_end_mark(event);
	struct yaml_node *node;
	const char *text;
	char *copy;
	size_t len = 0;

	node = new_node(b, YAML_SCALAR);
	if (!node)
		return false;
	text = token ? fy_token_get_text(token, &len) : NULL;
	if (!text)
		len = 0;
	/* By an escape, as none is in the file itself */
	if (value_text_end(text, len) < len)
		return fail(b, 1, "a text with a control character");
	copy = take(b->file, len + 1);
	if (len)
		memcpy(copy, text, len);
	copy[len] = '\0';
	node->text = copy;
	node->len = end && end->input_pos > b->pos ? end->input_pos - b->pos : 0;
	/* Without a token there is no place either: that of the key will do. */
	if (b->depth && (!token || !node->len) && b->key[b->depth - 1]) {
		node->pos = b->key[b->depth - 1]->pos;
		node->len = b->key[b->depth - 1]->len;
	}
	node->is_null = !token || (fy_token_scalar_style(token) == FYSS_PLAIN &&
				   (!len || !strcmp(copy, "~") ||
				    !strcmp(copy, "null")));
	return add(b, node);
}

/* What it stands for is not looked up: it says nothing. */
static bool on_alias(struct builder *b)
{
	struct yaml_node *node = new_node(b, YAML_SCALAR), *in;

	if (!node)
		return false;
	if (node->pos && b->file->text[node->pos - 1] == '*')
		node->pos--;
	add_error(b->file, node->pos, 1, NULL, NULL,
		  strdup("aliases are not for configurations"));
	node->len = 1;
	node->is_null = true;
	node->is_told = true;
	in = b->depth ? b->open[b->depth - 1] : NULL;
	/* Merged: the map has what another one has. */
	if (in && in->kind == YAML_MAP && b->key[b->depth - 1] &&
	    !strcmp(b->key[b->depth - 1]->text, "<<")) {
		in->is_part = true;
		b->key[b->depth - 1]->is_told = true;
	}
	return add(b, node);
}

/* It is as it would be without them. */
static void refuse_marks(struct builder *b, struct fy_token *anchor,
			 struct fy_token *tag)
{
	const struct fy_mark *mark = fy_token_start_mark(anchor ?: tag);
	size_t pos = b->pos;

	if (mark && mark->input_pos)
		pos = mark->input_pos - !!anchor;
	add_error(b->file, pos, 1, NULL, NULL,
		  strdup(anchor ? "anchors are not for configurations" :
				  "tags are not for configurations"));
}

static bool on_start(struct builder *b, enum yaml_kind kind)
{
	struct yaml_node *node = new_node(b, kind);

	if (!node)
		return false;
	node->len = 1;
	/* A block has no mark of its own: point to its key. */
	if (b->depth && b->key[b->depth - 1] &&
	    !strchr("[{", b->file->text[node->pos])) {
		node->pos = b->key[b->depth - 1]->pos;
		node->len = b->key[b->depth - 1]->len;
	}
	if (!add(b, node))
		return false;
	if (b->depth == YAML_DEPTH_MAX)
		return fail(b, 1, "nested too deep for a configuration");
	b->open[b->depth] = node;
	b->end[b->depth] = &node->first;
	b->key[b->depth] = NULL;
	b->depth++;
	return true;
}

/* Whether to go on */
static bool on_event(struct builder *b, struct fy_event *event)
{
	const struct fy_mark *mark = fy_event_start_mark(event);
	struct fy_token *anchor = NULL, *tag = NULL;

	if (mark)
		b->pos = mark->input_pos;
	switch (event->type) {
	case FYET_DOCUMENT_START:
		if (!b->documents++)
			return true;
		add_error(b->file, b->pos, 3, NULL, NULL,
			  strdup("a file has one document"));
		return false;
	case FYET_ALIAS:
		return on_alias(b);
	case FYET_SCALAR:
		anchor = event->scalar.anchor;
		tag = event->scalar.tag;
		break;
	case FYET_SEQUENCE_START:
		anchor = event->sequence_start.anchor;
		tag = event->sequence_start.tag;
		break;
	case FYET_MAPPING_START:
		anchor = event->mapping_start.anchor;
		tag = event->mapping_start.tag;
		break;
	case FYET_SEQUENCE_END:
	case FYET_MAPPING_END:
		if (b->open[--b->depth]->kind == YAML_MAP)
			refuse_twins(b->file, b->open[b->depth]);
		return true;
	default:
		return event->type != FYET_STREAM_END;
	}
	if (anchor || tag)
		refuse_marks(b, anchor, tag);
	if (event->type == FYET_SCALAR)
		return on_scalar(b, event);
	return on_start(b, event->type == FYET_MAPPING_START ? YAML_MAP :
							       YAML_LIST);
}

/* Start of a line, by its number from 1 */
static size_t line_pos(const struct yaml_file *file, int line)
{
	const char *p = file->text, *end = file->text + file->len, *next;

	while (--line > 0) {
		next = memchr(p, '\n', end - p);
		if (!next)
			break;
		p = next + 1;
	}
	return p - file->text;
}

static void syntax_error(struct yaml_file *file, struct fy_diag *diag)
{
	struct fy_diag_error *e;
	void *iter = NULL;
	size_t pos;

	/* What follows the first is mostly its consequence. */
	e = fy_diag_errors_iterate(diag, &iter);
	if (!e) {
		add_error(file, 0, 1, NULL, NULL, strdup("is not YAML"));
		return;
	}
	pos = line_pos(file, e->line);
	if (e->column > 0)
		pos += e->column - 1;
	add_error(file, pos, 1, NULL, NULL, strdup(e->msg));
}

static void build(struct yaml_file *file)
{
	struct builder b = { .file = file };
	struct fy_diag_cfg diag_cfg;
	struct fy_parse_cfg cfg = {
		.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG |
			 FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE |
			 FYPCF_SLOPPY_FLOW_INDENTATION,
	};
	struct fy_parser *parser;
	struct fy_event *event;
	bool more = true;

	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	cfg.diag = fy_diag_create(&diag_cfg);
	fy_diag_set_collect_errors(cfg.diag, true);
	parser = fy_parser_create(&cfg);
	if (!parser || fy_parser_set_string(parser, file->text, file->len))
		abort();
	while (more) {
		event = fy_parser_parse(parser);
		if (!event) {
			syntax_error(file, cfg.diag);
			cut(&b);
			break;
		}
		more = on_event(&b, event);
		fy_parser_event_free(parser, event);
	}
	fy_parser_destroy(parser);
	fy_diag_destroy(cfg.diag);
}

struct yaml_file *yaml_parse(const char *name, char *text, size_t len)
{
	struct yaml_file *file = calloc(1, sizeof(*file));
	char *why = NULL;

	if (!file)
		abort();
	file->name = name;
	file->text = text;
	file->len = len;
	text[len] = '\0';
	if (len > YAML_LEN_MAX) {
		file->len = 0;
		if (asprintf(&why, "longer than %u MiB", YAML_LEN_MAX / 1024 / 1024) < 0)
			abort();
		add_error(file, 0, 0, NULL, NULL, why);
	} else if (len && is_text(file) && is_small(file)) {
		build(file);
	}
	return file;
}

struct yaml_file *yaml_load(const char *name)
{
	int fd = strcmp(name, "-") ? open(name, O_RDONLY | O_CLOEXEC) :
				     STDIN_FILENO, err;
	size_t len = 0, size = 65536;
	char *text = NULL, *more;
	ssize_t n = 1;

	if (fd < 0)
		return NULL;
	/* One byte more than is allowed, to see that it is too long */
	while (n > 0 && len <= YAML_LEN_MAX) {
		if (!text || len + 1 == size) {
			size *= text ? 2 : 1;
			more = realloc(text, size);
			if (!more)
				abort();
			text = more;
		}
		n = read(fd, text + len, size - len - 1);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			len += n;
	}
	err = n < 0 ? errno : 0;
	if (fd != STDIN_FILENO)
		close(fd);
	if (!err)
		return yaml_parse(strcmp(name, "-") ? name : "<stdin>", text,
				  len);
	free(text);
	errno = err;
	return NULL;
}

void yaml_free(struct yaml_file *file)
{
	struct yaml_chunk *c;
	unsigned int i;

	if (!file)
		return;
	while ((c = file->chunks)) {
		file->chunks = c->next;
		free(c);
	}
	for (i = 0; i < file->n_errors; i++) {
		free(file->error[i].object);
		free(file->error[i].option);
		free(file->error[i].reason);
	}
	free(file->text);
	free(file);
}
