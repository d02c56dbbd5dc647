// SPDX-License-Identifier: GPL-2.0
/* Errors in words: after the argument at fault, what would be accepted. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "value.h"

/* "service add" */
static char context[64];

void cmd_context(const char *object, const char *verb)
{
	snprintf(context, sizeof(context), "%s%s%s", object, verb ? " " : "",
		 verb ?: "");
}

static void say(const char *object, const char *option, const char *value,
		const char *why)
{
	json_t *json;

	fflush(stdout);
	if (cmd_json) {
		json = json_pack("{s:{s:s, s:s*, s:s*, s:s*, s:s}}", "error",
				 "command", context, "object", object,
				 "option", option, "value", value,
				 "reason", why);
		json_dumpf(json, stderr, JSON_COMPACT);
		fputc('\n', stderr);
		json_decref(json);
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

void cmd_warn(const char *text)
{
	fflush(stdout);
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

int cmd_refused(const struct cmd *cmd, const struct nlsock_error *err)
{
	const struct request_span *span = err->span;
	const char *option = span ? span->option : NULL;
	const char *value = span ? span->value : NULL;
	const struct attr *table = cmd->table;
	const char *object = NULL;
	char range[96];

	if (span && span->object) {
		table = span->object->table;
		object = *span->object->name ? span->object->name : NULL;
	}
	if (err->unloaded) {
		say(NULL, NULL, NULL,
		    "the module is not loaded, try 'modprobe sluice'");
		return EXIT_UNABLE;
	}
	if (err->has_range && !(err->min == 0 && err->max == UINT64_MAX)) {
		snprintf(range, sizeof(range), "must be from %llu to %llu",
			 (unsigned long long)err->min,
			 (unsigned long long)err->max);
		say(object, option, value, range);
	} else if (*err->text) {
		say(object, option, value, err->text);
	} else if (err->missing) {
		say(object, attr_option_of(table, err->missing), NULL,
		    "missing");
	} else if (err->code == EPERM) {
		say(object, option, value,
		    "not permitted, needs CAP_NET_ADMIN");
	} else {
		say(object, option, value, strerror(err->code));
	}
	return err->code == EPERM ? EXIT_UNABLE : EXIT_REFUSED;
}
