// SPDX-License-Identifier: GPL-2.0
/*
 * TCP options. Input: one byte whose lowest bit is the SYN flag, then an
 * option area.
 *
 * The parser must say what a second one says, stay within the area, and read
 * back what the writer made of its result.
 */
#include "core/tcpopt.c"
#include "../kunit/tcpopt_ref.h"

#define FUZZ_MAX_LEN 41

static void rebuild(const struct slc_tcpopts *o)
{
	u8 buf[SLC_TCPOPT_BUILD_MAX];
	struct slc_tcpopts got;
	unsigned int len = slc_tcpopt_build(buf, o);

	slc_tcpopt_parse(buf, len, true, &got);
	if (len > sizeof(buf) || len % 4 || !ref_same(o, &got))
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct slc_tcpopts o, ref;
	bool syn;

	if (!size || size > FUZZ_MAX_LEN)
		return -1;
	syn = *data++ & 1;
	size--;

	slc_tcpopt_parse(data, size, syn, &o);
	ref_parse(data, size, syn, &ref);
	if (!ref_same(&o, &ref))
		abort();
	rebuild(&o);
	return 0;
}
