// SPDX-License-Identifier: GPL-2.0
/*
 * PROXY headers. Input: one byte that picks the configured maximum, then what
 * arrived. The decoder must agree with the second one in pp_ref.c on it and on
 * its prefixes, and keep its word: a good header's prefixes ask for more, what
 * is bad stays bad, nothing is read past the end (which ASan sees). What is read
 * of a good one can be written, and is read of that again.
 *
 * FUZZ_MAX_LEN 4400
 */
#define _GNU_SOURCE
#include "core/addr.c"
#include "core/pp_decode.c"
#include "core/pp_encode.c"
#include "pp_ref.c"
#include "check.h"

size_t LLVMFuzzerMutate(u8 *data, size_t size, size_t max_size);

static const unsigned int maxima[] = { 536, 1024, 4096, 70000 };

static void check_address(const struct slc_addr *a, const u8 *ip, int version)
{
	CHECK(slc_addr_is_v4(a) == (version == 4));
	CHECK(!memcmp(version == 4 ? a->b + 12 : a->b, ip, version == 4 ? 4 : 16));
}

static void check_tlvs(const u8 *buf, const struct slc_pp *pp, size_t used)
{
	const u8 *tlv = buf + pp->tlv_off, *end = tlv + pp->tlv_len;
	bool has_ssl = false;

	for (; end - tlv >= 3; tlv += 3 + get_unaligned_be16(tlv + 1))
		if (tlv[0] == SLC_PP_TLV_SSL)
			has_ssl = true;
	CHECK(tlv == end);
	CHECK(has_ssl == !!(pp->flags & SLC_PP_F_SSL));
	CHECK(!pp->tlv_len || pp->tlv_off + pp->tlv_len == used);
}

/* Both decoders on the same bytes. */
static int decode(const u8 *buf, size_t len, unsigned int max,
		  struct slc_pp *pp)
{
	struct ref_header ref = ref_read(buf, len, max);
	int ret = slc_pp_decode(buf, len, max, pp);

	CHECK((ret > 0) == (ref.verdict == REF_GOOD));
	CHECK((ret == 0) == (ref.verdict == REF_MORE));
	CHECK((ret < 0) == (pp->err != SLC_PP_OK));
	if (ret <= 0)
		return ret;
	CHECK((size_t)ret <= len && (size_t)ret == ref.used);
	CHECK(pp->has_addr == ref.proxied);
	CHECK(ref.crc_checked == !!(pp->flags & SLC_PP_F_CRC));
	if (pp->version == 2)
		CHECK(pp->tlv_off == ref.tlv_at && pp->tlv_len == ref.tlv_bytes);
	check_tlvs(buf, pp, ret);
	if (!pp->has_addr)
		return ret;
	CHECK(pp->family == ref.ip_version && pp->cmd == SLC_PP_PROXY);
	check_address(&pp->src.addr, ref.src, ref.ip_version);
	check_address(&pp->dst.addr, ref.dst, ref.ip_version);
	CHECK(ntohs(pp->src.port) == ref.sport);
	CHECK(ntohs(pp->dst.port) == ref.dport);
	return ret;
}

/* In a datagram: no less, no more, and the stream's decoder agrees on what of it
 * does not depend on the transport.
 */
static void decode_datagram(const u8 *buf, size_t len, unsigned int max)
{
	u8 again[SLC_SPP_LEN];
	struct slc_pp pp, stream;
	int ret = slc_pp_decode_datagram(buf, len, max, &pp);

	CHECK(ret && ret <= (int)len);
	CHECK((ret < 0) == (pp.err != SLC_PP_OK));
	if (ret > 0) {
		CHECK(slc_pp_is_v2(buf, len) && pp.version == 2);
		check_tlvs(buf, &pp, ret);
		CHECK(!pp.has_addr || pp.transport == SLC_PP_DGRAM);
	}
	if (slc_pp_decode(buf, len, max, &stream) > 0 && stream.version == 2 &&
	    !stream.has_addr && stream.transport != SLC_PP_DGRAM)
		CHECK(ret > 0 && !pp.has_addr);

	ret = slc_spp_decode(buf, len, &pp);
	CHECK(ret == SLC_SPP_LEN || ret < 0);
	CHECK((ret < 0) == (pp.err != SLC_PP_OK));
	if (ret < 0)
		return;
	slc_spp_encode(again, &pp.src, &pp.dst);
	CHECK(!memcmp(again, buf, sizeof(again)));
}

/* Written by each version, with its TLVs if that has them, and read again. */
static void write_again(const u8 *buf, const struct slc_pp *pp)
{
	struct slc_pp out = *pp, again;
	struct slc_pp_writer w;
	static u8 made[SLC_PP_MAX_LEN];
	unsigned int off, next;
	int len;

	for (out.version = 1; out.version <= 2; out.version++) {
		slc_pp_begin(&w, made, sizeof(made), &out);
		for (off = pp->tlv_off; off < pp->tlv_off + pp->tlv_len;
		     off = next) {
			next = off + 3 + get_unaligned_be16(buf + off + 1);
			if (buf[off] == SLC_PP_TLV_CRC32C)
				slc_pp_put_crc(&w);
			else
				slc_pp_put_tlv(&w, buf[off], buf + off + 3,
					       next - off - 3);
		}
		len = slc_pp_end(&w);
		CHECK(len > 0);
		CHECK(slc_pp_decode(made, len, SLC_PP_MAX_LEN, &again) == len);
		CHECK(again.has_addr == (pp->has_addr &&
					 pp->transport != SLC_PP_DGRAM));
		if (out.version == 2)
			CHECK(again.tlv_len == pp->tlv_len &&
			      again.flags == (pp->flags & ~SLC_PP_F_MAPPED));
		if (again.has_addr)
			CHECK(!memcmp(&again.src, &pp->src, sizeof(pp->src)) &&
			      !memcmp(&again.dst, &pp->dst, sizeof(pp->dst)));
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static const struct slc_pp fresh;
	unsigned int max;
	struct slc_pp pp, prefix_pp;
	bool turned_bad = false;
	size_t k, step;
	int ret;

	if (!size)
		return 0;
	max = maxima[*data++ % ARRAY_SIZE(maxima)];
	size--;
	pp = fresh;
	ret = decode(data, size, max, &pp);
	decode_datagram(data, size, max);
	if (ret > 0)
		write_again(data, &pp);
	/* all prefixes of a short input, some of a long one, the last few always */
	for (k = 0; k < size; k += step) {
		int r;

		step = k < 300 || size - k < 8 ? 1 : 97;
		if (size - k > 8 && step > size - k - 8)
			step = 1;
		prefix_pp = fresh;
		r = slc_pp_decode(data, k, max, &prefix_pp);
		CHECK(r <= (int)k);
		if (ret > 0)
			CHECK(r == (k < (size_t)ret ? 0 : ret));
		else if (ret == 0)
			CHECK(r == 0);
		else
			CHECK(r == 0 || (r == ret && prefix_pp.err == pp.err));
		CHECK(!turned_bad || r < 0);
		turned_bad = r < 0;
	}
	/* the second opinion on prefixes costs more: one length will do */
	if (size > 1) {
		k = (data[size - 1] * 256 + data[size / 2]) % size;
		decode(data, k, max, &prefix_pp);
	}
	return 0;
}

/* What random bytes would not hit: lengths and sums that fit, whole lines. */

static u64 rnd_state;

static unsigned int rnd(unsigned int n)
{
	rnd_state = rnd_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (rnd_state >> 33) % n;
}

static size_t put(u8 *at, const char *text)
{
	memcpy(at, text, strlen(text));
	return strlen(text);
}

static const char *pick(const char * const *from, unsigned int n)
{
	return from[rnd(n)];
}

static size_t make_v1(u8 *at)
{
	static const char * const spaces[] = { "  ", "\t", "", "\r" };
	static const char * const families[] = {
		"TCP4", "TCP4", "TCP6", "TCP6", "TCP6", "UNKNOWN", "TCP5", "tcp4", "UDP4",
	};
	static const char * const ips[] = {
		"203.0.113.7", "10.0.0.2", "0.0.0.0", "255.255.255.255", "256.1.1.1",
		"1.2.3", "01.2.3.4", "1.2.3.4.5", "2001:db8::7", "::", "::1", "1::",
		"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::ffff:1.2.3.4",
		"::FFFF:10.0.0.1", "::ffff:102:304", "0:0:0:0:0:ffff:1:2",
		"::fffe:1.2.3.4", "::1.2.3.4", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	};
	static const char * const ports[] = {
		"0", "80", "65535", "65536", "080", "5555", "1", "99999", "", "+1", "131152",
	};
	static const char * const ends[] = {
		"\r\n", "\r\n", "\r\n", "\n", "\r", " \r\n", "\r\r\n"
	};
	static const char * const good4[] = { "203.0.113.7", "10.0.0.2", "192.0.2.255" };
	static const char * const good6[] = { "2001:db8::7", "::", "FE80::1", "1:2:3:4:5:6:7:8" };
	bool good = rnd(2);
	const char *family = pick(families, ARRAY_SIZE(families));
	bool is_v4 = family[3] == '4';
	size_t n = 0;
	int i;

	n += put(at + n, "PROXY ");
	n += put(at + n, family);
	for (i = 0; i < 4; i++) {
		n += put(at + n, rnd(20) ? " " : pick(spaces, ARRAY_SIZE(spaces)));
		if (i > 1)
			n += put(at + n, good ? ports[rnd(3)] : pick(ports, ARRAY_SIZE(ports)));
		else if (!good)
			n += put(at + n, pick(ips, ARRAY_SIZE(ips)));
		else
			n += put(at + n, is_v4 ? good4[rnd(3)] : good6[rnd(4)]);
	}
	return n + put(at + n, good ? "\r\n" : pick(ends, ARRAY_SIZE(ends)));
}

static size_t make_tlv(u8 *at, size_t room)
{
	static const u8 types[] = {
		SLC_PP_TLV_CRC32C, SLC_PP_TLV_UNIQUE_ID, SLC_PP_TLV_SSL,
		/* ALPN, AUTHORITY, NOOP, NETNS, and two of nobody's */
		0x01, 0x02, 0x04, 0x30, 0, 0xea,
	};
	u8 type = types[rnd(sizeof(types))];
	unsigned int len = rnd(20);
	size_t inner = 5;

	if (type == SLC_PP_TLV_CRC32C && rnd(8))
		len = 4;
	if (type == SLC_PP_TLV_UNIQUE_ID && !rnd(3))
		len = 120 + rnd(20);
	if (len + 3 > room)
		return 0;
	memset(at + 3, rnd(256), len);
	at[0] = type;
	if (type == SLC_PP_TLV_SSL) {
		while (rnd(3) && inner + 10 < room) {
			unsigned int sub = rnd(5);

			at[3 + inner] = 0x20 + rnd(9);
			put_unaligned_be16(sub, at + 4 + inner);
			inner += 3 + sub;
		}
		len = inner + !rnd(8);
	}
	put_unaligned_be16(len, at + 1);
	return 3 + len;
}

/* Makes the length what it should be, and the sum too if there is one. */
static void mend_v2(u8 *at, size_t len)
{
	size_t off;

	if (len < 16 || len - 16 > 65535)
		return;
	put_unaligned_be16(len - 16, at + 14);
	off = at[12] & 1 ? 16 + max_t(int, v2_block_len(at[13]), 0) : 16;
	while (off + 7 <= len && at[off] != SLC_PP_TLV_CRC32C)
		off += 3 + get_unaligned_be16(at + off + 1);
	if (off + 7 > len || get_unaligned_be16(at + off + 1) != 4)
		return;
	memset(at + off + 3, 0, 4);
	put_unaligned_be32(ref_crc32c(at, len), at + off + 3);
}

static size_t make_v2(u8 *at)
{
	static const u8 families[] = { 0x11, 0x11, 0x21, 0x21, 0, 0x12, 0x22, 0x31, 0x32, 0x10 };
	size_t n = 16;
	int block;
	size_t i;

	memcpy(at, slc_pp_v2_signature, 12);
	at[12] = rnd(4) ? 0x21 : 0x20 | rnd(3);
	at[13] = families[rnd(sizeof(families))];
	block = v2_block_len(at[13]);
	for (i = 0; (int)i < block; i++)
		at[n++] = rnd(4) ? rnd(256) : 0;
	if (block == 36 && !rnd(3))
		for (i = 0; i < 2; i++) {
			memset(at + 16 + 16 * i, 0, 10);
			memset(at + 26 + 16 * i, 0xff, rnd(8) ? 2 : 1);
		}
	while (rnd(4) && n < 500)
		n += make_tlv(at + n, 500);
	mend_v2(at, n);
	return n;
}

/* libFuzzer's entry point for mutations of our own. */
size_t LLVMFuzzerCustomMutator(u8 *data, size_t size, size_t max_size,
			       unsigned int seed)
{
	u8 made[2048];
	size_t n;

	rnd_state = seed;
	rnd(1);
	if (!rnd(4)) {
		n = rnd(2) ? make_v1(made + 1) : make_v2(made + 1);
		if (!rnd(3))
			made[1 + rnd(n)] ^= 1 << rnd(8);
		if (!rnd(4))
			n = rnd(n + 1);
		else if (!rnd(4))
			n += put(made + 1 + n, "GET / HTTP/1.1\r\n\r\n");
		made[0] = rnd(4);
		if (n < max_size) {
			memcpy(data, made, n + 1);
			return n + 1;
		}
	}
	n = LLVMFuzzerMutate(data, size, max_size);
	if (n > 17 && data[1] == '\r' && rnd(2))
		mend_v2(data + 1, n - 1);
	return n;
}
