// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the tool against the fake kernel and prints TAP. A case is a block of
 * the file of cases:
 *
 *	# its name, a claim
 *	fake ORDER		see fake.h
 *	$ arguments
 *	sent ...		what must reach the kernel
 *	out ...			standard output
 *	err ...			standard error
 *	rc N			exit code
 *
 * With -u the file is written anew with what happens now, to be read before
 * it is believed.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../cli/cmd.h"
#include "fake.h"

#define ARGS_MAX	300

/* Everything that goes by a line of text, to be freed */
struct text {
	char *s;
	size_t len;
};

static void append(struct text *t, const char *prefix, const char *line,
		   size_t len)
{
	size_t add = strlen(prefix) + len + 2;

	t->s = realloc(t->s, t->len + add);
	t->len += sprintf(t->s + t->len, "%s%.*s\n", prefix, (int)len, line);
}

/* Each line of a file behind a prefix */
static void append_file(struct text *t, const char *prefix, FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	rewind(f);
	while ((len = getline(&line, &size, f)) > 0) {
		if (line[len - 1] == '\n')
			len--;
		append(t, prefix, line, len);
	}
	free(line);
}

/* Words of a line; '' is an empty one. */
static int split(char *line, char **argv)
{
	int n = 0;
	char *word;

	argv[n++] = "sluice";
	while ((word = strsep(&line, " ")) && n < ARGS_MAX - 1)
		if (*word)
			argv[n++] = strcmp(word, "''") ? word : "";
	argv[n] = NULL;
	return n;
}

static void child(const struct text *orders, char *args, FILE *out, FILE *err)
{
	char *argv[ARGS_MAX], *next = orders->s, *line;
	int argc;

	while (next && (line = strsep(&next, "\n")))
		if (*line && fake_order(line)) {
			fprintf(err, "no such order: %s\n", line);
			exit(99);
		}
	setenv("TZ", "UTC0", 1);
	dup2(fileno(out), STDOUT_FILENO);
	dup2(fileno(err), STDERR_FILENO);
	argc = split(args, argv);
	exit(cmd_main(argc, argv));
}

/* What happens, as lines of the file of cases */
static struct text play(const struct text *orders, char *args)
{
	FILE *out = tmpfile(), *err = tmpfile(), *sent = tmpfile();
	struct text t = { NULL, 0 };
	char code[16];
	int status;
	pid_t pid;

	setvbuf(sent, NULL, _IONBF, 0);
	fake_log = sent;
	fflush(NULL);
	pid = fork();
	if (!pid)
		child(orders, args, out, err);
	waitpid(pid, &status, 0);
	append_file(&t, "sent ", sent);
	append_file(&t, "out ", out);
	append_file(&t, "err ", err);
	snprintf(code, sizeof(code), "%d", WIFEXITED(status) ?
		 WEXITSTATUS(status) : 128 + WTERMSIG(status));
	append(&t, "rc ", code, strlen(code));
	fclose(out);
	fclose(err);
	fclose(sent);
	return t;
}

static void comment(const char *what, const char *text)
{
	const char *end;

	printf("# %s\n", what);
	for (; text && *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		printf("#   %.*s\n", (int)(end - text), text);
	}
}

/**
 * struct block - a case
 * @name: its name
 * @args: arguments, still one line
 * @orders: to the fake kernel
 * @expect: lines that must come out
 */
struct block {
	char *name;
	char *args;
	struct text orders;
	struct text expect;
};

static unsigned int ran, failed;

static void finish(struct block *b, FILE *update)
{
	struct text got;
	char *args;
	bool ok;

	if (!b->args) {
		free(b->name);
		return;
	}
	args = strdup(b->args);
	if (update) {
		char *line, *next = b->orders.s ? strdup(b->orders.s) : NULL;
		char *all = next;

		fprintf(update, "\n# %s\n", b->name);
		while (next && (line = strsep(&next, "\n")))
			if (*line)
				fprintf(update, "fake %s\n", line);
		free(all);
		fprintf(update, "$%s%s\n", *b->args ? " " : "", b->args);
	}
	got = play(&b->orders, args);
	ok = b->expect.s && !strcmp(got.s, b->expect.s);
	if (update)
		fputs(got.s, update);
	ran++;
	failed += !ok;
	printf("%sok %u - %s\n", ok ? "" : "not ", ran, b->name);
	if (!ok) {
		comment("expected:", b->expect.s);
		comment("got:", got.s);
	}
	free(args);
	free(b->args);
	free(b->name);
	free(b->orders.s);
	free(b->expect.s);
	free(got.s);
}

static void take(struct block *b, const char *line, FILE *update)
{
	if (!strncmp(line, "# ", 2)) {
		finish(b, update);
		memset(b, 0, sizeof(*b));
		b->name = strdup(line + 2);
	} else if (!strncmp(line, "fake ", 5)) {
		append(&b->orders, "", line + 5, strlen(line + 5));
	} else if (*line == '$') {
		b->args = strdup(line + 1 + (line[1] == ' '));
	} else if (b->args && *line) {
		append(&b->expect, "", line, strlen(line));
	}
}

/* The whole file: children would move the place where we read. */
static char *slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	char *all = NULL;
	size_t size = 0;
	ssize_t len;

	if (!f)
		return NULL;
	len = getdelim(&all, &size, '\0', f);
	fclose(f);
	return len < 0 ? NULL : all;
}

int main(int argc, char **argv)
{
	bool update = argc > 2 && !strcmp(argv[1], "-u");
	struct block block = { 0 };
	char *line, *next, *all, new[256];
	FILE *to = NULL;

	all = argc < 2 ? NULL : slurp(argv[argc - 1]);
	if (!all) {
		fputs("usage: run [-u] CASES\n", stderr);
		return 2;
	}
	if (update) {
		snprintf(new, sizeof(new), "%s.new", argv[2]);
		to = fopen(new, "w");
		fputs("# SPDX-" "License-Identifier: GPL-2.0\n#\n"
		      "# Cases for the tool; tests/cli/run.c says how to read them.\n",
		      to);
	}
	puts("TAP version 13");
	next = all;
	while ((line = strsep(&next, "\n")))
		take(&block, line, to);
	finish(&block, to);
	printf("1..%u\n", ran);
	free(all);
	if (update && (fclose(to) || rename(new, argv[2])))
		return 2;
	return failed > 0;
}
