// SPDX-License-Identifier: GPL-2.0
/* sluice check | diff | apply | save */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply.h"
#include "conf.h"
#include "diff.h"
#include "emit.h"
#include "out.h"
#include "progress.h"
#include "userdata.h"
#include "watch.h"

#define FILE_ARG { "file", ATTR_LOCAL, ATTR_ADD | ATTR_ARG | ATTR_NEEDED, \
		   .arg = "FILE" }

static const struct attr file_attrs[] = { FILE_ARG, { NULL } };

static const struct attr apply_attrs[] = {
	FILE_ARG,
	{ "watch", ATTR_WORD, ATTR_ADD,
	  .help = "apply it again whenever it changes" },
	{ "dry-run", ATTR_WORD, ATTR_ADD,
	  .help = "ask the module whether it would, change nothing" },
	{ "force", ATTR_WORD, ATTR_ADD,
	  .help = "reset connections of services that are not in it" },
	{ NULL }
};

static const struct attr save_attrs[] = {
	{ "file", ATTR_LOCAL, ATTR_ADD | ATTR_ARG, .arg = "FILE" },
	{ NULL }
};

/* The configuration of a file, or NULL after saying what is wrong */
static struct model *load(const struct cmd *cmd, const char *name,
			  struct yaml_file **file)
{
	struct model *model;

	/* Not over what somebody types */
	if (strcmp(name, "-") || !isatty(STDIN_FILENO))
		progress_wait(cmd, "reading the file");
	*file = yaml_load(name);
	if (!*file) {
		progress_end();
		cmd_bad(NULL, name, strerror(errno));
		return NULL;
	}
	model = conf_read(*file);
	progress_end();
	if (!(*file)->n_errors)
		return model;
	fflush(stdout);
	yaml_print_errors(*file, stderr, cmd_json, cmd->object);
	model_free(model);
	yaml_free(*file);
	return NULL;
}

static int parse(const struct cmd *cmd, int argc, char **argv,
		 struct cmd_args *args)
{
	int ret = cmd_split(cmd, argc, argv, args);

	return ret ?: cmd_needed(cmd, args);
}

static int do_check(const struct cmd *cmd, int argc, char **argv)
{
	struct yaml_file *file;
	struct cmd_args args;
	struct model *model;
	int ret;

	ret = parse(cmd, argc, argv, &args);
	if (ret)
		return ret;
	model = load(cmd, args.arg[0].value, &file);
	if (!model)
		return EXIT_USAGE;
	model_free(model);
	yaml_free(file);
	return EXIT_DONE;
}

/* What there is. Returns 0 or @err->code. */
static int read_kernel(const struct cmd *cmd, struct model **now,
		       struct nlsock_error *err)
{
	progress_wait(cmd, "reading what there is");
	model_from_kernel(now, err);
	progress_end();
	return err->code;
}

static int do_diff(const struct cmd *cmd, int argc, char **argv)
{
	struct model *now, *wanted;
	struct nlsock_error err;
	struct yaml_file *file;
	struct cmd_args args;
	struct diff *diff;
	int ret;

	ret = parse(cmd, argc, argv, &args);
	if (ret)
		return ret;
	wanted = load(cmd, args.arg[0].value, &file);
	if (!wanted)
		return EXIT_USAGE;
	if (read_kernel(cmd, &now, &err)) {
		ret = cmd_refused(cmd, &err);
	} else {
		diff = diff_make(now, wanted);
		diff_print(diff, cmd_json);
		ret = diff->n ? EXIT_USAGE : EXIT_DONE;
		diff_free(diff);
	}
	model_free(now);
	model_free(wanted);
	yaml_free(file);
	return ret;
}

int config_apply(const struct cmd *cmd, const char *name, unsigned int how,
		 size_t *changes)
{
	struct yaml_file *file;
	struct model *wanted;
	int ret;

	wanted = load(cmd, name, &file);
	if (!wanted)
		return EXIT_USAGE;
	ret = apply(cmd, file, wanted, how, changes);
	model_free(wanted);
	yaml_free(file);
	return ret;
}

static int do_apply(const struct cmd *cmd, int argc, char **argv)
{
	struct cmd_args args;
	unsigned int how;
	size_t changes;
	int ret;

	ret = parse(cmd, argc, argv, &args);
	if (ret)
		return ret;
	how = (cmd_given(&args, "force") ? APPLY_FORCE : 0) |
	      (cmd_given(&args, "dry-run") ? APPLY_DRY : 0);
	if (!cmd_given(&args, "watch"))
		return config_apply(cmd, args.arg[0].value, how, &changes);
	if (how & APPLY_DRY)
		return cmd_bad("dry-run", NULL, "does not go with watch");
	return watch(cmd, args.arg[0].value, how);
}

static void put_document(FILE *f, json_t *document)
{
	if (cmd_json) {
		out_dump(document, JSON_INDENT(2), f);
		fputc('\n', f);
	} else {
		emit_yaml(f, document);
	}
}

/* Returns NULL or what went wrong. */
static const char *write_document(FILE *f, json_t *document, bool sync)
{
	const char *bad = NULL;

	put_document(f, document);
	if (fflush(f) || ferror(f) || (sync && fsync(fileno(f))))
		bad = strerror(errno);
	if (fclose(f) && !bad)
		bad = strerror(errno);
	return bad;
}

/* No file, as a pipe or a device, or a link to what is not there yet */
static bool is_written_in_place(const char *name)
{
	struct stat st;

	return stat(name, &st) ? !lstat(name, &st) : !S_ISREG(st.st_mode);
}

/* Whether there is something that others must not know */
static bool has_secrets(const json_t *document)
{
	json_t *pools = json_object_get(document, "pools"), *pool, *value;
	const char *name, *key;
	const struct attr *attr;

	json_object_foreach(pools, name, pool)
		json_object_foreach(pool, key, value) {
			attr = attr_find(pool_attrs, key, ~0u);
			if (attr && attr->flags & ATTR_SECRET)
				return true;
		}
	return false;
}

/* That of the file there was, or as of any that is made with such content */
static int set_mode(int fd, const char *path, bool secret)
{
	struct stat old;
	mode_t mask;

	if (!stat(path, &old))
		return fchown(fd, old.st_uid, old.st_gid) ?:
		       fchmod(fd, old.st_mode & 0777);
	mask = umask(0);
	umask(mask);
	return fchmod(fd, (secret ? 0600 : 0666) & ~mask);
}

/* Whole or not at all: written beside it and renamed over it */
static const char *replace(const char *path, json_t *document)
{
	const char *bad = NULL;
	char *temp;
	FILE *f;
	int fd;

	if (asprintf(&temp, "%s.XXXXXX", path) < 0)
		abort();
	fd = mkostemp(temp, O_CLOEXEC);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f) {
		bad = strerror(errno);
	} else {
		if (set_mode(fd, path, has_secrets(document)))
			bad = strerror(errno);
		bad = write_document(f, document, true) ?: bad;
		if (!bad && rename(temp, path))
			bad = strerror(errno);
		if (bad)
			unlink(temp);
	}
	free(temp);
	return bad;
}

static const char *save_to(const char *name, json_t *document)
{
	const char *bad;
	char *path;
	FILE *f;

	if (is_written_in_place(name)) {
		f = fopen(name, "we");
		return f ? write_document(f, document, false) : strerror(errno);
	}
	path = realpath(name, NULL);
	bad = replace(path ?: name, document);
	free(path);
	return bad;
}

static void tell_left(const char *pool, const char *key)
{
	char *text;

	if (asprintf(&text,
		     "pool %s user-data: %s is none that a file can have, left out",
		     pool, key) < 0)
		abort();
	cmd_warn(text);
	free(text);
}

/* Of pools, what another tool keeps where ours is, and no file can have */
static void tell_all_left(const struct model *now)
{
	const char *name, *key;
	json_t *pool, *data;
	unsigned int i;

	json_object_foreach(now->objects[MODEL_POOL], name, pool) {
		data = json_object_get(now->user_data[MODEL_POOL], name);
		for (i = 0; (key = userdata_left(pool, data, i)); i++)
			tell_left(name, key);
	}
}

static int tell_unreadable(const struct yaml_file *file)
{
	const struct yaml_error *e;
	char *value, *why;
	unsigned int i;

	for (i = 0; i < file->n_errors; i++) {
		e = &file->error[i];
		value = strndup(file->text + e->pos, e->len);
		if (asprintf(&why,
			     "cannot be saved, a file with it is refused: %s",
			     e->reason) < 0 || !value)
			abort();
		cmd_bad_of(e->object, e->option, e->len > 1 ? value : NULL,
			   why);
		free(value);
		free(why);
	}
	if (file->n_more) {
		if (asprintf(&why, "and %u more errors", file->n_more) < 0)
			abort();
		cmd_bad(NULL, NULL, why);
		free(why);
	}
	return file->n_errors ? EXIT_USAGE : EXIT_DONE;
}

/*
 * Other clients of the kernel may have made what files cannot say: a file that
 * apply refuses is worse than none.
 */
static int check_document(json_t *document)
{
	struct yaml_file *file;
	char *text = NULL;
	size_t len;
	FILE *f;
	int ret;

	f = open_memstream(&text, &len);
	if (!f)
		abort();
	put_document(f, document);
	fclose(f);
	file = yaml_parse("", text, len);
	model_free(conf_read(file));
	ret = tell_unreadable(file);
	yaml_free(file);
	return ret;
}

static int do_save(const struct cmd *cmd, int argc, char **argv)
{
	const char *bad = NULL, *name;
	struct nlsock_error err;
	struct cmd_args args;
	struct model *now;
	json_t *document;
	int ret;

	ret = parse(cmd, argc, argv, &args);
	if (ret)
		return ret;
	if (read_kernel(cmd, &now, &err))
		return cmd_refused(cmd, &err);
	name = args.n ? args.arg[0].value : "-";
	document = model_document(now);
	tell_all_left(now);
	progress_wait(cmd, "reading what is to be written");
	ret = check_document(document);
	progress_end();
	if (ret)
		goto out;
	if (!strcmp(name, "-"))
		put_document(stdout, document);
	else
		bad = save_to(name, document);
	if (bad)
		ret = cmd_bad(NULL, name, bad);
out:
	json_decref(document);
	model_free(now);
	return ret;
}

const struct cmd config_cmds[] = {
	{ "check", NULL, file_attrs, NULL, ATTR_ADD, 0, do_check,
	  "say what is wrong with a configuration file" },
	{ "diff", NULL, file_attrs, NULL, ATTR_ADD, 0, do_diff,
	  "show what a configuration file would change" },
	{ "apply", NULL, apply_attrs, NULL, ATTR_ADD, 0, do_apply,
	  "make everything as a configuration file says" },
	{ "save", NULL, save_attrs, NULL, ATTR_ADD, 0, do_save,
	  "write everything to a configuration file" },
	{ NULL }
};
