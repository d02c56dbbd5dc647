// SPDX-License-Identifier: GPL-2.0
/* From words to requests. */
#include <string.h>

#include "cmd.h"

const struct attr *cmd_next_arg(const struct cmd *cmd, const struct attr *from)
{
	for (; from && from->name; from++)
		if (from->flags & cmd->uses && attr_is_arg(from, cmd->uses))
			return from;
	return NULL;
}

const struct attr *cmd_option(const struct cmd *cmd, const char *name)
{
	const struct attr *const tables[] = { cmd->table, cmd->more };
	const struct attr *a;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (a = tables[i]; a && a->name; a++)
			if (a->flags & cmd->uses && !attr_is_arg(a, cmd->uses) &&
			    !strcmp(a->name, name))
				return a;
	return NULL;
}

static int unknown_option(const struct cmd *cmd, const char *word)
{
	const struct attr *const tables[] = { cmd->table, cmd->more };
	const char *words[CMD_ARGS_MAX];
	const struct attr *a;
	unsigned int n = 0, i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (a = tables[i]; a && a->name && n < CMD_ARGS_MAX - 1; a++)
			if (!(a->flags & ATTR_LATER) &&
			    cmd_option(cmd, a->name) == a)
				words[n++] = a->name;
	words[n] = NULL;
	if (!n)
		return cmd_bad(NULL, word, "one argument too many");
	return cmd_unknown("option", word, words);
}

const struct cmd_arg *cmd_given(const struct cmd_args *args, const char *name)
{
	unsigned int i;

	for (i = 0; i < args->n; i++)
		if (!strcmp(args->arg[i].attr->name, name))
			return &args->arg[i];
	return NULL;
}

bool cmd_takes_value(const struct attr *a, const char *next)
{
	if (a->kind == ATTR_WORD)
		return false;
	return !(a->flags & ATTR_BARE) || (next && attr_is_choice(a, next));
}

int cmd_put(const struct cmd_arg *arg, struct request *rq)
{
	const char *bad, *err;

	err = attr_put(arg->attr, arg->value, rq, &bad);
	return err ? cmd_bad(arg->attr->name, bad, err) : EXIT_DONE;
}

/* The first argument at fault is the one to tell of. */
static int check(const struct cmd_args *args)
{
	static struct request rq;
	unsigned int i;
	int ret = 0;

	request_begin(&rq, 0, 0);
	for (i = 0; !ret && i < args->n; i++)
		if (args->arg[i].attr->kind != ATTR_LOCAL)
			ret = cmd_put(&args->arg[i], &rq);
	return ret;
}

int cmd_split(const struct cmd *cmd, int argc, char **argv,
	      struct cmd_args *args)
{
	const struct attr *a = cmd->table;
	const char *value;
	int i;

	args->n = 0;
	for (i = 0; i < argc && args->n < CMD_ARGS_MAX; i++) {
		a = cmd_next_arg(cmd, a);
		if (!a)
			break;
		args->arg[args->n++] = (struct cmd_arg) { a++, argv[i] };
	}
	for (; i < argc; i++) {
		a = cmd_option(cmd, argv[i]);
		if (!a)
			return check(args) ?: unknown_option(cmd, argv[i]);
		if (a->flags & ATTR_LATER)
			return check(args) ?:
			       cmd_bad(a->name, NULL,
				       "not available in this version");
		if (cmd_given(args, a->name) || args->n == CMD_ARGS_MAX)
			return check(args) ?:
			       cmd_bad(a->name, argv[i + 1], "is given twice");
		value = NULL;
		if (cmd_takes_value(a, argv[i + 1])) {
			value = argv[++i];
			if (!value)
				return check(args) ?:
				       cmd_bad(a->name, NULL, "needs a value");
		}
		args->arg[args->n++] = (struct cmd_arg) { a, value };
	}
	return EXIT_DONE;
}

int cmd_needed(const struct cmd *cmd, const struct cmd_args *args)
{
	const struct attr *a;

	for (a = cmd->table; a && a->name; a++)
		if (a->flags & cmd->uses && attr_is_needed(a, cmd->uses) &&
		    !cmd_given(args, a->name))
			return cmd_bad(a->name, NULL, "missing");
	return EXIT_DONE;
}

int cmd_parse(const struct cmd *cmd, int argc, char **argv, uint16_t flags,
	      struct request *rq)
{
	struct cmd_args args;
	unsigned int i;
	int ret;

	request_begin(rq, cmd->request, flags);
	ret = cmd_split(cmd, argc, argv, &args);
	for (i = 0; !ret && i < args.n; i++)
		ret = cmd_put(&args.arg[i], rq);
	return ret ?: cmd_needed(cmd, &args);
}
