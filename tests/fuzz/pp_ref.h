/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A second reader of PROXY headers, for comparison with kmod/core/pp_decode.c.
 * Written from the specification and the policy table of kmod/core/pp.h,
 * another way round: it sees the whole buffer at once, takes lines apart at
 * their spaces, lets libc judge addresses, and decides whether half a line can
 * still become one by trying to finish it.
 */
#ifndef PP_REF_H
#define PP_REF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ref_verdict { REF_BAD, REF_MORE, REF_GOOD };

struct ref_header {
	enum ref_verdict verdict;
	size_t used;		/* bytes of the header, if good */
	bool proxied;		/* use the addresses below */
	unsigned char ip_version;	/* 4 or 6, if proxied */
	unsigned char src[16], dst[16];	/* IPv4 in the first four */
	unsigned int sport, dport;
	bool crc_checked;
	size_t tlv_at, tlv_bytes;
};

struct ref_header ref_read(const unsigned char *buf, size_t have, size_t max);
uint32_t ref_crc32c(const unsigned char *buf, size_t len);

#endif /* PP_REF_H */
