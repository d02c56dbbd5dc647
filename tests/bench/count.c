// SPDX-License-Identifier: GPL-2.0
/*
 * count: a plugin for QEMU that counts how often the guest's kernel executes
 * each instruction, between two marks that the guest sets.
 *
 *	qemu-system-x86_64 -accel tcg ... -plugin count.so,out=PREFIX
 *
 * The marks are long NOPs with a displacement that no compiler makes (see
 * mark.h). The first sets all counts to zero, the second writes them
 * to PREFIX.1, PREFIX.2, ...: lines "ADDRESS COUNT" in hexadecimal and
 * decimal, and one line "user COUNT" for all that is not kernel.
 *
 * Blocks are counted, not instructions: those after one that faults inside a
 * block are counted though they did not run. Faults are rare.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "qemu_plugin.h"

int qemu_plugin_version = 1;

#define BUCKETS		65536
#define KERNEL_START	0xffff800000000000ULL

/* A block of instructions as it was translated, and how often it ran. */
struct block {
	struct block *next;
	uint64_t vaddr;
	uint64_t runs;
	size_t n;
	uint16_t offset[];
};

static struct block *blocks[BUCKETS];
static uint64_t user_insns;
static const char *prefix = "count";
static int dumps;

static const unsigned char mark_start[] = {
	0x0f, 0x1f, 0x80, 0x01, 0x00, 0xce, 0x51
};

static const unsigned char mark_stop[] = {
	0x0f, 0x1f, 0x80, 0x02, 0x00, 0xce, 0x51
};

static void on_start(unsigned int cpu, void *data)
{
	struct block *b;
	size_t i;

	(void)cpu;
	(void)data;
	for (i = 0; i < BUCKETS; i++)
		for (b = blocks[i]; b; b = b->next)
			b->runs = 0;
	user_insns = 0;
}

static void on_stop(unsigned int cpu, void *data)
{
	char name[4096];
	struct block *b;
	size_t i, k;
	FILE *f;

	(void)cpu;
	(void)data;
	snprintf(name, sizeof(name), "%s.%d", prefix, ++dumps);
	f = fopen(name, "w");
	if (!f) {
		perror(name);
		exit(1);
	}
	fprintf(f, "user %" PRIu64 "\n", user_insns);
	for (i = 0; i < BUCKETS; i++)
		for (b = blocks[i]; b; b = b->next)
			for (k = 0; b->runs && k < b->n; k++)
				fprintf(f, "%" PRIx64 " %" PRIu64 "\n",
					b->vaddr + b->offset[k], b->runs);
	fclose(f);
}

static struct block *block_of(struct qemu_plugin_tb *tb, uint64_t vaddr,
			      size_t n)
{
	struct block **head = &blocks[(vaddr >> 1) % BUCKETS];
	struct block *b;
	size_t i;

	/* A block's bytes may have changed (static keys): same start, same
	 * number of instructions, perhaps other lengths. Those few are counted
	 * a few bytes beside, in the same function.
	 */
	for (b = *head; b; b = b->next)
		if (b->vaddr == vaddr && b->n == n)
			return b;
	b = calloc(1, sizeof(*b) + n * sizeof(b->offset[0]));
	if (!b)
		abort();
	b->vaddr = vaddr;
	b->n = n;
	for (i = 0; i < n; i++)
		b->offset[i] = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, i)) -
			       vaddr;
	b->next = *head;
	*head = b;
	return b;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	uint64_t vaddr = qemu_plugin_tb_vaddr(tb);
	size_t n = qemu_plugin_tb_n_insns(tb);
	struct qemu_plugin_insn *insn;
	const void *code;
	size_t i;

	(void)id;
	if (vaddr >= KERNEL_START) {
		qemu_plugin_register_vcpu_tb_exec_inline(tb,
							 QEMU_PLUGIN_INLINE_ADD_U64,
							 &block_of(tb, vaddr, n)->runs,
							 1);
		return;
	}
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64,
						 &user_insns, n);
	for (i = 0; i < n; i++) {
		insn = qemu_plugin_tb_get_insn(tb, i);
		if (qemu_plugin_insn_size(insn) != sizeof(mark_start))
			continue;
		code = qemu_plugin_insn_data(insn);
		if (!memcmp(code, mark_start, sizeof(mark_start)))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_start,
							       QEMU_PLUGIN_CB_NO_REGS,
							       NULL);
		else if (!memcmp(code, mark_stop, sizeof(mark_stop)))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_stop,
							       QEMU_PLUGIN_CB_NO_REGS,
							       NULL);
	}
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info,
			int argc, char **argv)
{
	int i;

	(void)info;
	for (i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			prefix = strdup(argv[i] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	return 0;
}
