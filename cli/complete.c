// SPDX-License-Identifier: GPL-2.0
/* What may stand in place of the last word, from the tables of all commands. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "complete.h"
#include "objects.h"

/* What the last word is so far */
static const char *begun;

static bool is_plain(const char *word)
{
	for (; *word; word++)
		if (!isgraph((unsigned char)*word))
			return false;
	return true;
}

/* A word with blanks would be several to a shell. */
static void offer(const char *word, const char *help)
{
	if (!strncmp(word, begun, strlen(begun)) && *word && is_plain(word))
		printf("%s%s%s\n", word, help ? "\t" : "", help ?: "");
}

static void offer_words(const char *const *words)
{
	for (; words && *words; words++)
		offer(*words, NULL);
}

/* Whether a record has the values that were typed before */
static bool fits(const json_t *record, const struct cmd_args *args)
{
	unsigned int i;
	const char *has;

	for (i = 0; i < args->n; i++) {
		has = attr_text(record, args->arg[i].attr->name);
		if (!has || strcmp(has, args->arg[i].value))
			return false;
	}
	return true;
}

/* What the kernel has now; nothing if it cannot be asked */
static void offer_names(const struct cmd *cmd, const struct cmd_args *args,
			const struct attr *attr)
{
	const struct object *names = attr->names;
	bool own = names->attrs == cmd->table && attr->flags & ATTR_ARG;
	static struct request rq;
	struct nlsock_error err;
	json_t *records, *record;
	const char *name;
	size_t i;

	/* What is to be added has no name yet. */
	if (own && cmd->uses & ATTR_ADD)
		return;
	request_begin(&rq, names->get, NLM_F_DUMP);
	cmd_collect(&rq, names->attrs, &records, &err);
	json_array_foreach(records, i, record) {
		name = attr_text(record, own ? attr->name : names->attrs->name);
		if (name && (!own || fits(record, args)))
			offer(name, NULL);
	}
	json_decref(records);
}

/* After a comma the words that do not stand before it */
static void offer_fields(const struct attr *attr)
{
	const char *comma = strrchr(begun, ','), *has;
	int before = comma ? comma + 1 - begun : 0;
	const char *const *word;
	char text[128];
	size_t len;

	for (word = attr->words; *word; word++) {
		len = strlen(*word);
		for (has = begun; has < begun + before;
		     has = strchr(has, ',') + 1)
			if (!strncmp(has, *word, len) && has[len] == ',')
				break;
		if (has < begun + before ||
		    snprintf(text, sizeof(text), "%.*s%s", before, begun,
			     *word) >= (int)sizeof(text))
			continue;
		offer(text, NULL);
	}
}

static void offer_value(const struct cmd *cmd, const struct cmd_args *args,
			const struct attr *attr)
{
	if (attr->flags & ATTR_NONE)
		offer("none", NULL);
	if (attr->names)
		offer_names(cmd, args, attr);
	else if (attr->arg && !strcmp(attr->arg, "FILE"))
		puts(":file");
	else if (attr->kind == ATTR_FIELDS)
		offer_fields(attr);
	else if (attr->kind != ATTR_STRING)
		offer_words(attr->words);
}

static void offer_options(const struct cmd *cmd, const struct cmd_args *args)
{
	const struct attr *const tables[] = { cmd->table, cmd->more };
	const struct attr *a;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (a = tables[i]; a && a->name; a++)
			if (!(a->flags & ATTR_LATER) &&
			    cmd_option(cmd, a->name) == a &&
			    !cmd_given(args, a->name))
				offer(a->name, a->help);
}

/* Whether an option may stand where an argument that may be left out would */
static bool is_instead(const struct cmd *cmd, const struct attr *arg,
		       const struct attr *option)
{
	return option && option->kind == ATTR_LOCAL &&
	       !attr_is_needed(arg, cmd->uses);
}

static void offer_instead(const struct cmd *cmd, const struct attr *arg)
{
	const struct attr *const tables[] = { cmd->table, cmd->more };
	const struct attr *a;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (a = tables[i]; a && a->name; a++)
			if (is_instead(cmd, arg, cmd_option(cmd, a->name)))
				offer(a->name, a->help);
}

/* What comes after the arguments of a command */
static void complete_args(const struct cmd *cmd, int argc, char **argv)
{
	const struct attr *a = cmd->table;
	struct cmd_args args = { .n = 0 };
	int last = argc - 1, i;

	for (i = 0; (a = cmd_next_arg(cmd, a)); i++, a++) {
		if (i == last) {
			offer_value(cmd, &args, a);
			offer_instead(cmd, a);
			return;
		}
		if (is_instead(cmd, a, cmd_option(cmd, argv[i])))
			break;
		args.arg[args.n++] = (struct cmd_arg) { a, argv[i] };
	}
	for (; i < last && args.n < CMD_ARGS_MAX; i++) {
		a = cmd_option(cmd, argv[i]);
		if (!a)
			return;
		if (i + 1 == last && a->kind != ATTR_WORD) {
			offer_value(cmd, &args, a);
			if (!(a->flags & ATTR_BARE))
				return;
		}
		args.arg[args.n++] = (struct cmd_arg) { a, NULL };
		if (cmd_takes_value(a, argv[i + 1]) && i + 1 < last)
			i++;
	}
	offer_options(cmd, &args);
}

static void complete_object(void)
{
	const struct cmd *const *tables = cmd_tables, *c;
	const char *before = "";

	for (; *tables; tables++)
		for (c = *tables; c->object; before = c++->object)
			if (strcmp(before, c->object))
				offer(c->object, c->verb ? NULL : c->help);
	offer("help", "explain commands and options");
}

/* The word after an object: one of its commands, or the first argument */
static void complete_verb(const struct cmd *c, int argc, char **argv)
{
	const char *object = c->object;
	bool has_help = cmd_has_help(c);

	for (; cmd_is_of(c, object); c++)
		if (!c->verb)
			complete_args(c, argc, argv);
		else
			offer(c->verb, c->help);
	if (has_help)
		offer("help", "explain commands and options");
}

static void complete_command(int argc, char **argv)
{
	const char *object = argv[0];
	const struct cmd *c;

	if (argc == 1 || (argc == 2 && !strcmp(object, "help"))) {
		complete_object();
		return;
	}
	c = cmd_object(object);
	if (!c)
		return;
	if (argc == 2) {
		complete_verb(c, argc - 1, argv + 1);
		return;
	}
	for (; cmd_is_of(c, object); c++)
		if (!c->verb) {
			complete_args(c, argc - 1, argv + 1);
			return;
		} else if (!strcmp(c->verb, argv[1])) {
			complete_args(c, argc - 2, argv + 2);
			return;
		}
}

static void complete_netns(void)
{
	DIR *dir = opendir("/var/run/netns");
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (*entry->d_name != '.')
			offer(entry->d_name, NULL);
	if (dir)
		closedir(dir);
}

int complete(int argc, char **argv)
{
	if (!argc) {
		begun = "";
		complete_object();
		return EXIT_DONE;
	}
	begun = argv[argc - 1];
	for (; argc > 1 && *argv[0] == '-'; argc--, argv++) {
		if (strcmp(argv[0], "-n"))
			continue;
		if (argc == 2) {
			complete_netns();
			return EXIT_DONE;
		}
		if (cmd_enter_netns(argv[1]))
			return EXIT_DONE;
		argc--;
		argv++;
	}
	if (argc == 1 && *begun == '-') {
		offer("-h", "explain commands and options");
		offer("-j", "show JSON");
		offer("-n", "work in a network namespace");
		offer("-V", "version of this tool");
		return EXIT_DONE;
	}
	complete_command(argc, argv);
	return EXIT_DONE;
}
