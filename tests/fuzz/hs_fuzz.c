// SPDX-License-Identifier: GPL-2.0
/*
 * The handshake. Input: the choices of a sender, a network and an application,
 * in the order in which tests/kunit/hs_model.h asks for them, so that every
 * input is a life of a handshake and the fuzzer looks for the lives that reach
 * new code. The model's referee judges; an input that ends goes on well. 320
 * bytes are some 70 mishaps: what takes more is left to hs_test.c's lives.
 *
 * FUZZ_MAX_LEN 320
 */
#include "core/hs.c"
#include "core/xlate.c"
#include "../kunit/hs_model.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct hs_model m = {
		.bytes = data,
		.n_bytes = size,
		.by_bytes = true,
	};
	const char *bad = hs_play(&m, 200);

	if (bad) {
		fprintf(stderr, "%s\n", bad);
		abort();
	}
	return 0;
}
