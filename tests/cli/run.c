// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the tool against the fake kernel and prints TAP. A case is a block of
 * the file of cases:
 *
 *	# its name, a claim
 *	fake ORDER		see fake.h; \xHH is a byte
 *	file NAME		a file where the tool runs, of the lines
 *	| text			that follow
 *	$ arguments		several run one after the other; \xHH is a byte
 *	sent ...		what must reach the kernel
 *	out ...			standard output
 *	err ...			standard error
 *	rc N			exit code
 *
 * With -u the file is written anew with what happens now, to be read before
 * it is believed.
 */
#include <dirent.h>
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

/* \xHH is a byte. */
static char *unescape(char *word)
{
	char *from = word, *to = word;
	unsigned int c;

	for (; *from; from++, to++)
		if (sscanf(from, "\\x%2x", &c) == 1) {
			*to = c;
			from += 3;
		} else {
			*to = *from;
		}
	*to = '\0';
	return word;
}

/* Words of a line; '' is an empty one. */
static int split(char *line, char **argv)
{
	int n = 0;
	char *word;

	argv[n++] = "sluice";
	while ((word = strsep(&line, " ")) && n < ARGS_MAX - 1)
		if (*word)
			argv[n++] = strcmp(word, "''") ? unescape(word) : "";
	argv[n] = NULL;
	return n;
}

static void make_files(char *line)
{
	static FILE *f;

	if (*line == '|') {
		fprintf(f, "%s\n", line + (line[1] ? 2 : 1));
		fflush(f);
	} else {
		f = fopen(unescape(line), "w");
	}
}

/* Where the tool finds its files; a directory with a name of its own */
static void enter(const struct text *files, char *dir)
{
	char *next = files->s, *line;

	if (!next)
		return;
	if (!mkdtemp(dir) || chdir(dir))
		exit(99);
	while ((line = strsep(&next, "\n")))
		if (*line)
			make_files(line);
}

static void leave(const char *dir)
{
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	rmdir(dir);
}

static void child(const struct text *orders, const struct text *files,
		  char *args, FILE *out, FILE *err)
{
	char *argv[ARGS_MAX], *next = orders->s, *line;
	char dir[] = "/tmp/sluice-cli-XXXXXX";
	int argc, ret = 0;

	while (next && (line = strsep(&next, "\n")))
		if (*line && fake_order(unescape(line))) {
			fprintf(err, "no such order: %s\n", line);
			exit(99);
		}
	setenv("TZ", "UTC0", 1);
	dup2(fileno(out), STDOUT_FILENO);
	dup2(fileno(err), STDERR_FILENO);
	enter(files, dir);
	while ((line = strsep(&args, "\n"))) {
		argc = split(line, argv);
		optind = 0;
		cmd_json = false;
		ret = cmd_main(argc, argv);
		fflush(stdout);
	}
	if (files->s)
		leave(dir);
	exit(ret);
}

/* What happens, as lines of the file of cases */
static struct text play(const struct text *orders, const struct text *files,
			char *args)
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
		child(orders, files, args, out, err);
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
 * @files: their names and, after "|", their lines
 * @expect: lines that must come out
 */
struct block {
	char *name;
	char *args;
	struct text orders;
	struct text files;
	struct text expect;
};

static unsigned int ran, failed;

/* The lines of a text, each behind a prefix */
static void put_lines(FILE *f, const struct text *t, const char *prefix)
{
	char *all = strdup(t->s ?: ""), *next = all, *line;

	while ((line = strsep(&next, "\n")))
		if (*line)
			fprintf(f, "%s%s\n", *line == '|' ? "" : prefix, line);
	free(all);
}

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
		struct text t = { b->args, 0 };

		fprintf(update, "\n# %s\n", b->name);
		put_lines(update, &b->orders, "fake ");
		put_lines(update, &b->files, "file ");
		if (*b->args)
			put_lines(update, &t, "$ ");
		else
			fputs("$\n", update);
	}
	got = play(&b->orders, &b->files, args);
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
	free(b->files.s);
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
	} else if (!b->args && !strncmp(line, "file ", 5)) {
		append(&b->files, "", line + 5, strlen(line + 5));
	} else if (!b->args && *line == '|') {
		append(&b->files, "", line, strlen(line));
	} else if (*line == '$' && b->args) {
		line += line[1] == ' ' ? 2 : 1;
		b->args = realloc(b->args, strlen(b->args) + strlen(line) + 2);
		strcat(strcat(b->args, "\n"), line);
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

static int play_all(const char *path, bool update)
{
	char *line, *next, *all = slurp(path), new[256];
	struct block block = { 0 };
	FILE *to = NULL;

	if (!all) {
		fputs("usage: run [-u] CASES...\n", stderr);
		return 2;
	}
	if (update) {
		snprintf(new, sizeof(new), "%s.new", path);
		to = fopen(new, "w");
		fputs("# SPDX-" "License-Identifier: GPL-2.0\n#\n"
		      "# Cases for the tool; tests/cli/run.c says how to read them.\n",
		      to);
	}
	next = all;
	while ((line = strsep(&next, "\n")))
		take(&block, line, to);
	finish(&block, to);
	free(all);
	return update && (fclose(to) || rename(new, path)) ? 2 : 0;
}

int main(int argc, char **argv)
{
	bool update = argc > 2 && !strcmp(argv[1], "-u");
	int i, ret = argc < 2 ? play_all("", false) : 0;

	puts("TAP version 13");
	for (i = 1 + update; !ret && i < argc; i++)
		ret = play_all(argv[i], update);
	printf("1..%u\n", ran);
	return ret ?: failed > 0;
}
