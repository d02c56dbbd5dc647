// SPDX-License-Identifier: GPL-2.0
/* Errors in words: after the argument at fault, what would be accepted. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "out.h"
#include "progress.h"
#include "value.h"

/* "service add" */
static char context[64];

void cmd_context(const char *object, const char *verb)
{
	snprintf(context, sizeof(context), "%s%s%s", object, verb ? " " : "",
		 verb ?: "");
}

static void say_json(const char *kind, const char *object, const char *option,
		     const char *value, const char *why)
{
	json_t *json;

	json = json_pack("{s:{s:s, s:o*, s:o*, s:o*, s:o}}", kind,
			 "command", context, "object", out_string(object),
			 "option", out_string(option),
			 "value", out_string(value),
			 "reason", out_string(why));
	json_dumpf(json, stderr, JSON_COMPACT);
	fputc('\n', stderr);
	json_decref(json);
}

static void say(const char *object, const char *option, const char *value,
		const char *why)
{
	fflush(stdout);
	progress_hide();
	if (cmd_json) {
		say_json("error", object, option, value, why);
		return;
	}
	fprintf(stderr, "sluice: %s%s", context, *context ? ": " : "");
	if (object)
		fprintf(stderr, "%s: ", object);
	if (option || value)
		fprintf(stderr, "%s%s%s: ", option ?: "",
			option && value ? " " : "", value ?: "");
	fprintf(stderr, "%s\n", why);
}

int cmd_bad(const char *option, const char *value, const char *why)
{
	say(NULL, option, value, why);
	return EXIT_USAGE;
}

int cmd_bad_of(const char *object, const char *option, const char *value,
	       const char *why)
{
	say(object, option, value, why);
	return EXIT_USAGE;
}

void cmd_warn(const char *text)
{
	fflush(stdout);
	progress_hide();
	if (cmd_json)
		say_json("warning", NULL, NULL, NULL, text);
	else
		fprintf(stderr, "sluice: %s: warning: %s\n", context, text);
}

int cmd_unknown(const char *what, const char *word, const char *const *words)
{
	const char *near = value_nearest(word, words);
	char why[512];
	size_t n;

	if (near) {
		snprintf(why, sizeof(why), "no such %s, did you mean %s?",
			 what, near);
	} else {
		n = snprintf(why, sizeof(why), "no such %s, there is", what);
		for (; *words && n < sizeof(why); words++)
			n += snprintf(why + n, sizeof(why) - n, " %s", *words);
	}
	return cmd_bad(NULL, word, why);
}

const char *cmd_reason(const struct nlsock_error *err, char *buf, size_t len)
{
	if (err->unloaded)
		return "the module is not loaded, try 'modprobe sluice'";
	if (err->has_range && !(err->min == 0 && err->max == UINT64_MAX)) {
		snprintf(buf, len, "must be from %llu to %llu",
			 (unsigned long long)err->min,
			 (unsigned long long)err->max);
		return buf;
	}
	if (*err->text)
		return err->text;
	if (err->missing)
		return "missing";
	return err->code == EPERM ? "not permitted, needs CAP_NET_ADMIN" :
				    strerror(err->code);
}

int cmd_refused(const struct cmd *cmd, const struct nlsock_error *err)
{
	const struct request_span *span = err->span;
	const char *option = span ? span->option : NULL;
	const char *value = span ? span->value : NULL;
	const struct attr *table = cmd->table;
	const char *object = NULL;
	char why[96];

	if (span && span->object) {
		table = span->object->table;
		object = *span->object->name ? span->object->name : NULL;
	}
	if (err->unloaded) {
		say(NULL, NULL, NULL, cmd_reason(err, why, sizeof(why)));
		return EXIT_UNABLE;
	}
	/* What is missing in a part of an option has no name in the table. */
	if (err->missing && !*err->text && !option)
		option = attr_option_of(table, err->missing);
	say(object, option, value, cmd_reason(err, why, sizeof(why)));
	return err->code == EPERM ? EXIT_UNABLE : EXIT_REFUSED;
}
