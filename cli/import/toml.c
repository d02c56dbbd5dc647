// SPDX-License-Identifier: GPL-2.0
/* TOML by a helper in Python, and where things stand in it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"
#include "toml.h"

/* Of a file of at most 8 MiB, no letter of which becomes more than six */
#define ANSWER_MAX	(64u * 1024 * 1024)

static const char no_python[] =
	"needs python3 to read TOML, which cannot be run here";
static const char no_helper[] =
	"needs the helper import-toml.py to read TOML, which is not installed";

/* Beside the program where it was built, or where it is installed */
static bool find_helper(char *path, size_t size)
{
	static const char *const places[] = {
		"%s/import/toml.py", "%s/../share/sluice/import-toml.py",
		"/usr/share/sluice/import-toml.py",
	};
	char self[512];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	unsigned int i;

	self[len < 0 ? 0 : len] = '\0';
	if (strrchr(self, '/'))
		*strrchr(self, '/') = '\0';
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, size, places[i], self);
		if (!access(path, R_OK))
			return true;
	}
	return false;
}

static void run_helper(const char *helper, int in, int out)
{
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	/* Nothing of the folder or the user has a say in what is read. */
	execlp("python3", "python3", "-I", helper, (char *)NULL);
	_exit(127);
}

/* Everything that the helper says; NULL if that is too much */
static char *read_all(FILE *f, size_t *len)
{
	char *all = NULL, chunk[65536];
	FILE *to;
	size_t n;

	*len = 0;
	to = open_memstream(&all, len);
	if (!to)
		abort();
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0) {
		fwrite(chunk, 1, n, to);
		fflush(to);
		if (*len > ANSWER_MAX)
			break;
	}
	fclose(to);
	return all;
}

/* Its answer, or NULL; *status as of waitpid() */
static json_t *ask(const char *helper, FILE *in, int *status)
{
	json_t *answer = NULL;
	char *text = NULL;
	size_t len = 0;
	int out[2];
	pid_t pid;
	FILE *f;

	if (pipe2(out, 0))
		return NULL;
	fflush(NULL);
	pid = fork();
	if (!pid) {
		close(out[0]);
		run_helper(helper, fileno(in), out[1]);
	}
	close(out[1]);
	f = fdopen(out[0], "r");
	if (pid > 0 && f)
		text = read_all(f, &len);
	if (f)
		fclose(f);
	while (pid > 0 && waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	if (len <= ANSWER_MAX)
		answer = json_loadb(text ?: "", len, 0, NULL);
	free(text);
	return answer;
}

const char *toml_read(const char *text, size_t len, json_t **root,
		      unsigned int *line)
{
	static char why[256];
	char helper[600];
	json_t *answer;
	int status = 0;
	FILE *in;

	*root = NULL;
	if (!find_helper(helper, sizeof(helper)))
		return no_helper;
	in = tmpfile();
	if (!in)
		return strerror(errno);
	if (fwrite(text, 1, len, in) < len || fflush(in)) {
		fclose(in);
		return strerror(ENOSPC);
	}
	rewind(in);
	answer = ask(helper, in, &status);
	fclose(in);
	*root = json_incref(json_object_get(answer, "toml"));
	if (json_object_get(answer, "line"))
		*line = json_integer_value(json_object_get(answer, "line"));
	snprintf(why, sizeof(why), "%s",
		 json_string_value(json_object_get(answer, "error")) ?:
		 WIFEXITED(status) && WEXITSTATUS(status) == 127 ? no_python :
		 "the helper for TOML has failed");
	json_decref(answer);
	return *root ? NULL : why;
}

/* A name as it stands in a table's header or before =, without quotes */
static void bare(const char *from, size_t len, char *to, size_t size)
{
	size_t n = 0;

	for (; len && *from && n + 1 < size; from++, len--)
		if (!strchr(" \t\r\"'", *from))
			to[n++] = *from;
	to[n] = '\0';
}

/* The first that stands there counts. */
static void note(json_t *lines, const char *table, const char *key,
		 unsigned int line)
{
	char name[1100];

	snprintf(name, sizeof(name), key ? "%s\n%s" : "%s", table, key);
	if (!json_object_get(lines, name))
		json_object_set_new_nocheck(lines, name, json_integer(line));
}

json_t *toml_lines(const char *text)
{
	char name[512], table[512] = "";
	json_t *lines = json_object();
	const char *p, *end;
	unsigned int line = 0;

	for (p = text; *p; p = *end ? end + 1 : end) {
		end = strchrnul(p, '\n');
		line++;
		p += strspn(p, " \t");
		if (*p == '[') {
			bare(p + 1, strcspn(p + 1, "]\n"), table,
			     sizeof(table));
			note(lines, table, NULL, line);
		} else if (p < end && *p != '#') {
			bare(p, strcspn(p, "=\n"), name, sizeof(name));
			note(lines, table, name, line);
		}
	}
	return lines;
}

unsigned int toml_line(const json_t *lines, const char *table, const char *key)
{
	char name[1100];
	json_t *line;
	char *dot;

	snprintf(name, sizeof(name), key ? "%s\n%s" : "%s", table, key);
	line = json_object_get(lines, name);
	snprintf(name, sizeof(name), "%s", table);
	while (!line) {
		line = json_object_get(lines, name);
		dot = strrchr(name, '.');
		if (!dot)
			break;
		*dot = '\0';
	}
	return line ? json_integer_value(line) : 1;
}
