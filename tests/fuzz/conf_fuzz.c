// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration files: whatever they are, there is a configuration or an error,
 * and a configuration that is written is read as the same one. Taken for what another
 * tool keeps with pools, a file is still there beside what is ours.
 */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../cli/conf.h"
#include "../../cli/diff.h"
#include "../../cli/emit.h"
#include "../../cli/userdata.h"
#include "../cli/fake.h"

/* FUZZ_SHARE 10: a file takes a thousand times as long as a header. */
#define FUZZ_MAX_LEN	4096

/* What libfyaml 0.7.12 forgets of texts with many quotes is its own. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml";
}

static struct model *parse(const char *data, size_t size,
			   struct yaml_file **file)
{
	char *text = malloc(size + 1);

	assert(text);
	memcpy(text, data, size);
	*file = yaml_parse("fuzz", text, size);
	return conf_read(*file);
}

static void write_and_read(const struct model *model)
{
	json_t *document = model_document(model), *again;
	struct yaml_file *file;
	struct model *copy;
	struct diff *diff;
	char *text = NULL;
	size_t len;
	FILE *f;

	f = open_memstream(&text, &len);
	emit_yaml(f, document);
	fclose(f);
	copy = parse(text, len, &file);
	if (file->n_errors) {
		fputs(text, stderr);
		yaml_print_errors(file, stderr, false, "fuzz");
		abort();
	}
	again = model_document(copy);
	assert(json_equal(document, again));
	diff = diff_make(model, copy);
	assert(!diff->n);
	diff_free(diff);
	json_decref(again);
	json_decref(document);
	model_free(copy);
	yaml_free(file);
	free(text);
}

/* An object without what is ours */
static json_t *others(const json_t *user_data)
{
	json_t *all = json_loadb(json_string_value(user_data) ?: "",
				 json_string_length(user_data), 0, NULL);

	json_object_del(all, "health");
	json_object_del(all, "backends");
	return all;
}

/* @good: it is of a file without errors, and what is ours there is ours again */
static void keep(const struct model *model, bool good, const uint8_t *data,
		 size_t size)
{
	json_t *was = userdata_get(data, size), *is, *before, *after, *copy, *pool;
	static const char *const ours[] = { "health", "names" };
	const char *name, *why;
	unsigned int i;
	char *text;

	before = others(was);
	json_object_foreach(model->objects[MODEL_POOL], name, pool) {
		text = userdata_of(pool, was, &why);
		assert(!text == !!why);
		if (!text)
			continue;
		is = userdata_get(text, strlen(text));
		after = *text ? others(is) : json_object();
		assert(json_equal(before, after));
		copy = json_object();
		json_object_set_new(copy, "user-data", is);
		userdata_open(copy);
		for (i = 0; i < 2; i++) {
			const json_t *a = json_object_get(pool, ours[i]);
			const json_t *b = json_object_get(copy, ours[i]);

			assert(!b || json_equal(a, b));
			assert(!good || !a == !b);
		}
		json_decref(copy);
		json_decref(after);
		free(text);
	}
	json_decref(before);
	json_decref(was);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *null;
	struct yaml_file *file;
	struct model *model;

	if (!null) {
		null = fopen("/dev/null", "w");
		fake_log = null;
	}
	model = parse((const char *)data, size, &file);
	if (!file->n_errors)
		write_and_read(model);
	keep(model, !file->n_errors, data, size);
	yaml_print_errors(file, null, size % 2, "check");
	model_free(model);
	yaml_free(file);
	return 0;
}
