/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's vocabulary for core/ when it is compiled in user space: types,
 * byte order, unaligned access, min/max, division, atomics, sort, siphash,
 * crc32c. Names and
 * meanings are the kernel's; siphash and crc32c are written here from their
 * definitions, so that a test in user space also checks that the two agree.
 */
#ifndef SLC_USER_H
#define SLC_USER_H

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#ifdef __CHECKER__
#define __bitwise	__attribute__((bitwise))
#define __force		__attribute__((force))
#else
#define __bitwise
#define __force
#endif

typedef u16 __bitwise __be16;
typedef u32 __bitwise __be32;
typedef u64 __bitwise __be64;
typedef u16 __bitwise __le16;
typedef u32 __bitwise __le32;
typedef u64 __bitwise __le64;
typedef u16 __bitwise __sum16;
typedef u32 __bitwise __wsum;

#define U8_MAX		UINT8_MAX
#define U16_MAX		UINT16_MAX
#define U32_MAX		UINT32_MAX
#define U64_MAX		UINT64_MAX
#define S32_MAX		INT32_MAX
#define S32_MIN		INT32_MIN

#undef __always_inline
#undef __aligned
#undef __packed
#define __always_inline	inline __attribute__((always_inline))
#define __aligned(x)	__attribute__((aligned(x)))
#define __packed	__attribute__((packed))
#define __maybe_unused	__attribute__((unused))
#define __must_check	__attribute__((warn_unused_result))
#define __pure		__attribute__((pure))
#define noinline	__attribute__((noinline))
#define fallthrough	__attribute__((fallthrough))
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define READ_ONCE(x)	(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define BUILD_BUG_ON(x)	_Static_assert(!(x), #x)
#define sizeof_field(t, m)	sizeof(((t *)0)->m)
#define offsetofend(t, m)	(offsetof(t, m) + sizeof_field(t, m))
#define container_of(p, t, m)	((t *)((char *)(p) - offsetof(t, m)))
#define struct_size(p, m, n)	(sizeof(*(p)) + sizeof(*(p)->m) * (size_t)(n))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))
#define GENMASK(h, l)	((~0UL << (l)) & (~0UL >> (sizeof(long) * 8 - 1 - (h))))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define round_up(x, y)	((((x) - 1) | ((__typeof__(x))((y) - 1))) + 1)
#define round_down(x, y) ((x) & ~((__typeof__(x))((y) - 1)))

/* The pointer comparison makes a mixed-type call a warning, as in the kernel. */
#define SLC_MINMAX(a, b, op) __extension__({		\
	__typeof__(a) _a = (a);				\
	__typeof__(b) _b = (b);				\
	(void)(&_a == &_b);				\
	_a op _b ? _a : _b; })
#define min(a, b)	SLC_MINMAX(a, b, <)
#define max(a, b)	SLC_MINMAX(a, b, >)
#define min_t(t, a, b)	min((t)(a), (t)(b))
#define max_t(t, a, b)	max((t)(a), (t)(b))
#define clamp(v, lo, hi)	min(max(v, lo), hi)
#define clamp_t(t, v, lo, hi)	clamp((t)(v), (t)(lo), (t)(hi))
#define swap(a, b) \
	do { __typeof__(a) _t = (a); (a) = (b); (b) = _t; } while (0)

static inline int fls(unsigned int x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}

static inline int ilog2(u64 x)
{
	return 63 - __builtin_clzll(x);
}

/* Division. */
static inline u64 div_u64_rem(u64 n, u32 d, u32 *rem)
{
	*rem = n % d;
	return n / d;
}

static inline u64 div_u64(u64 n, u32 d)
{
	return n / d;
}

static inline u32 reciprocal_scale(u32 val, u32 range)
{
	return (u64)val * range >> 32;
}

static inline unsigned long gcd(unsigned long a, unsigned long b)
{
	while (b) {
		unsigned long r = a % b;

		a = b;
		b = r;
	}
	return a;
}

/* Atomics; the ones without a suffix that return something are full barriers. */
typedef struct {
	int counter;
} atomic_t;

typedef struct {
	s64 counter;
} atomic64_t;

#define ATOMIC_INIT(i)		{ i }
#define atomic_read(v)		__atomic_load_n(&(v)->counter, __ATOMIC_RELAXED)
#define atomic_set(v, i)	__atomic_store_n(&(v)->counter, i, __ATOMIC_RELAXED)
#define atomic64_read(v)	atomic_read(v)
#define atomic64_set(v, i)	atomic_set(v, i)
#define atomic_add(i, v) \
	((void)__atomic_fetch_add(&(v)->counter, i, __ATOMIC_RELAXED))
#define atomic_sub(i, v) \
	((void)__atomic_fetch_sub(&(v)->counter, i, __ATOMIC_RELAXED))
#define atomic_inc(v)		atomic_add(1, v)
#define atomic_dec(v)		atomic_sub(1, v)
#define atomic_fetch_inc_relaxed(v) \
	__atomic_fetch_add(&(v)->counter, 1, __ATOMIC_RELAXED)

static inline bool atomic64_try_cmpxchg(atomic64_t *v, s64 *old, s64 new)
{
	return __atomic_compare_exchange_n(&v->counter, old, new, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/* Byte order. */
#define swab16(x)	__builtin_bswap16(x)
#define swab32(x)	__builtin_bswap32(x)
#define swab64(x)	__builtin_bswap64(x)
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SLC_BE(n, x)	swab##n(x)
#define SLC_LE(n, x)	(x)
#else
#define SLC_BE(n, x)	(x)
#define SLC_LE(n, x)	swab##n(x)
#endif
#define cpu_to_be16(x)	((__force __be16)(u16)SLC_BE(16, (u16)(x)))
#define cpu_to_be32(x)	((__force __be32)(u32)SLC_BE(32, (u32)(x)))
#define cpu_to_be64(x)	((__force __be64)(u64)SLC_BE(64, (u64)(x)))
#define be16_to_cpu(x)	((u16)SLC_BE(16, (__force u16)(x)))
#define be32_to_cpu(x)	((u32)SLC_BE(32, (__force u32)(x)))
#define be64_to_cpu(x)	((u64)SLC_BE(64, (__force u64)(x)))
#define cpu_to_le16(x)	((__force __le16)(u16)SLC_LE(16, (u16)(x)))
#define cpu_to_le32(x)	((__force __le32)(u32)SLC_LE(32, (u32)(x)))
#define cpu_to_le64(x)	((__force __le64)(u64)SLC_LE(64, (u64)(x)))
#define le16_to_cpu(x)	((u16)SLC_LE(16, (__force u16)(x)))
#define le32_to_cpu(x)	((u32)SLC_LE(32, (__force u32)(x)))
#define le64_to_cpu(x)	((u64)SLC_LE(64, (__force u64)(x)))
/* Unlike libc's, these are constant expressions and carry the type. */
#undef htons
#undef htonl
#undef ntohs
#undef ntohl
#define htons(x)	cpu_to_be16(x)
#define htonl(x)	cpu_to_be32(x)
#define ntohs(x)	be16_to_cpu(x)
#define ntohl(x)	be32_to_cpu(x)

/* Unaligned access. */
#define get_unaligned(p) __extension__({				\
	const struct { __typeof__(*(p)) v; } __packed *_p = (const void *)(p); \
	_p->v; })
#define put_unaligned(val, p) do {					\
	struct { __typeof__(*(p)) v; } __packed *_p = (void *)(p);	\
	_p->v = (val);							\
} while (0)

#define SLC_UNALIGNED(n)						\
static inline u##n get_unaligned_be##n(const void *p)			\
{									\
	u##n v;								\
	memcpy(&v, p, sizeof(v));					\
	return SLC_BE(n, v);						\
}									\
static inline u##n get_unaligned_le##n(const void *p)			\
{									\
	u##n v;								\
	memcpy(&v, p, sizeof(v));					\
	return SLC_LE(n, v);						\
}									\
static inline void put_unaligned_be##n(u##n v, void *p)			\
{									\
	v = SLC_BE(n, v);						\
	memcpy(p, &v, sizeof(v));					\
}									\
static inline void put_unaligned_le##n(u##n v, void *p)			\
{									\
	v = SLC_LE(n, v);						\
	memcpy(p, &v, sizeof(v));					\
}
SLC_UNALIGNED(16)
SLC_UNALIGNED(32)
SLC_UNALIGNED(64)
#undef SLC_UNALIGNED

/* Strings and sorting. */
static inline ssize_t strscpy(char *dst, const char *src, size_t size)
{
	size_t n = strnlen(src, size);

	if (!size)
		return -E2BIG;
	if (n == size) {
		memcpy(dst, src, size - 1);
		dst[size - 1] = '\0';
		return -E2BIG;
	}
	memcpy(dst, src, n + 1);
	return n;
}

#define scnprintf(buf, size, ...) __extension__({			\
	int _n = snprintf(buf, size, __VA_ARGS__);			\
	_n < (int)(size) ? _n : (int)(size) - 1; })

static inline void sort(void *base, size_t num, size_t size,
			int (*cmp)(const void *, const void *),
			void (*swap_func)(void *, void *, int))
{
	(void)swap_func;
	if (num)
		qsort(base, num, size, cmp);
}

/* SipHash-2-4 with 64-bit output (Aumasson and Bernstein, 2012). */
typedef struct {
	u64 key[2];
} siphash_key_t;

static inline u64 slc_rol64(u64 x, unsigned int n)
{
	return x << n | x >> (64 - n);
}

static inline void slc_sipround(u64 v[4])
{
	v[0] += v[1]; v[1] = slc_rol64(v[1], 13) ^ v[0]; v[0] = slc_rol64(v[0], 32);
	v[2] += v[3]; v[3] = slc_rol64(v[3], 16) ^ v[2];
	v[0] += v[3]; v[3] = slc_rol64(v[3], 21) ^ v[0];
	v[2] += v[1]; v[1] = slc_rol64(v[1], 17) ^ v[2]; v[2] = slc_rol64(v[2], 32);
}

static inline u64 siphash(const void *data, size_t len, const siphash_key_t *key)
{
	u64 v[4] = {
		key->key[0] ^ 0x736f6d6570736575ULL,
		key->key[1] ^ 0x646f72616e646f6dULL,
		key->key[0] ^ 0x6c7967656e657261ULL,
		key->key[1] ^ 0x7465646279746573ULL,
	};
	u64 last = (u64)len << 56;
	const u8 *p = data;
	size_t i;

	for (i = 0; i + 8 <= len; i += 8) {
		u64 m = get_unaligned_le64(p + i);

		v[3] ^= m;
		slc_sipround(v);
		slc_sipround(v);
		v[0] ^= m;
	}
	for (; i < len; i++)
		last |= (u64)p[i] << 8 * (i % 8);
	v[3] ^= last;
	slc_sipround(v);
	slc_sipround(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (i = 0; i < 4; i++)
		slc_sipround(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The kernel's fixed-size variants hash their arguments as little-endian. */
static inline u64 siphash_4u64(u64 a, u64 b, u64 c, u64 d,
			       const siphash_key_t *key)
{
	const __le64 w[4] = {
		cpu_to_le64(a), cpu_to_le64(b), cpu_to_le64(c), cpu_to_le64(d),
	};

	return siphash(w, sizeof(w), key);
}

static inline u64 siphash_3u64(u64 a, u64 b, u64 c, const siphash_key_t *key)
{
	const __le64 w[3] = { cpu_to_le64(a), cpu_to_le64(b), cpu_to_le64(c) };

	return siphash(w, sizeof(w), key);
}

static inline u64 siphash_2u64(u64 a, u64 b, const siphash_key_t *key)
{
	const __le64 w[2] = { cpu_to_le64(a), cpu_to_le64(b) };

	return siphash(w, sizeof(w), key);
}

static inline u64 siphash_1u64(u64 a, const siphash_key_t *key)
{
	const __le64 w = cpu_to_le64(a);

	return siphash(&w, sizeof(w), key);
}

static inline u64 siphash_3u32(u32 a, u32 b, u32 c, const siphash_key_t *key)
{
	const __le32 w[3] = { cpu_to_le32(a), cpu_to_le32(b), cpu_to_le32(c) };

	return siphash(w, sizeof(w), key);
}

static inline u64 siphash_1u32(u32 a, const siphash_key_t *key)
{
	const __le32 w = cpu_to_le32(a);

	return siphash(&w, sizeof(w), key);
}

/* CRC32C (Castagnoli), a bit at a time; no inversion in or out. */
static inline u32 crc32c(u32 crc, const void *data, size_t len)
{
	const u8 *p = data;

	while (len--) {
		int i;

		crc ^= *p++;
		for (i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return crc;
}

#endif /* SLC_USER_H */
