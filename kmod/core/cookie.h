/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SYN cookies that bind the exact sequence number, and the keyed clocks that
 * other handshakes take their initial numbers from.
 *
 * Sequence number of our SYN-ACK, most significant bit first:
 *
 *	1 bit	lowest bit of the counter
 *	2 bits	step of the MSS table
 *	29 bits	MAC over tuple, client's initial number, whole counter, step and
 *		whether timestamps are in use
 *
 * So of 2^32 acknowledgment numbers 8 are good for a given tuple and sequence
 * number: two counters, four steps. The kernel's own cookies also let pass a
 * sequence number that is off by up to 3, at the price of a lower MSS step,
 * and so start a stream late when segments were reordered; here it is inside
 * the MAC.
 *
 * Timestamp of our SYN-ACK, if the client uses them:
 *
 *	26 bits	MAC under a second key over the same and the data
 *	6 bits	data: window shift (4; 15: no scaling), SACK, ECN
 *
 * The client has to return both: a blind guess succeeds once in 2^55. Without
 * timestamps nothing is known but the MSS. The timestamp says nothing of a
 * clock: what we send later on this connection has to start from it (xlate.h's
 * outward tsval_add), or the client's PAWS check refuses it.
 *
 * The counter has steps of 64 s; the current one and the one before are good,
 * which makes a cookie's life 64 to 128 s.
 *
 * Locking: none. Pure: keys and time are arguments.
 */
#ifndef SLC_CORE_COOKIE_H
#define SLC_CORE_COOKIE_H

#include "base.h"
#include "addr.h"

#define SLC_COOKIE_PERIOD_S	64
#define SLC_COOKIE_MSS_STEPS	4

/**
 * struct slc_cookie_keys - Secrets of one network namespace
 * @isn: for sequence numbers
 * @ts:  for timestamps
 *
 * Both random, and used for nothing else.
 */
struct slc_cookie_keys {
	siphash_key_t isn;
	siphash_key_t ts;
};

/**
 * struct slc_cookie_opts - What a cookie carries of a SYN
 * @mss:    the client's MSS, host order
 * @wscale: window shift 0..14, valid if @has_wscale
 * @has_ts: the client uses timestamps; without them the fields below are lost
 * @has_wscale: the client offered window scaling, and so did we
 * @has_sack: SACK permitted on both sides
 * @has_ecn:  ECN agreed
 */
struct slc_cookie_opts {
	u16 mss;
	u8 wscale;
	bool has_ts;
	bool has_wscale;
	bool has_sack;
	bool has_ecn;
};

/**
 * struct slc_cookie - The two numbers a SYN-ACK carries
 * @isn:   our initial sequence number
 * @tsval: our timestamp, 0 without timestamps
 */
struct slc_cookie {
	u32 isn;
	u32 tsval;
};

/**
 * slc_cookie_make() - Answer a SYN without remembering it
 * @keys:       secrets
 * @tuple:      the SYN's, from client to service
 * @client_isn: the SYN's sequence number
 * @count:      time in units of SLC_COOKIE_PERIOD_S
 * @opts:       what the SYN asks for, within what we grant (no MSS option: 536,
 *              or 1220 for IPv6). Afterwards what the cookie vouches for: @mss
 *              rounded down to a step and, without timestamps, nothing else.
 *              The SYN-ACK must grant no more than that.
 * @cookie:     the numbers to send
 *
 * Context: Any. Pure.
 * Return: true, or false if the MSS is below the lowest step: such a client
 *         cannot be served by a cookie.
 */
bool slc_cookie_make(const struct slc_cookie_keys *keys,
		     const struct slc_tuple *tuple, u32 client_isn, u32 count,
		     struct slc_cookie_opts *opts, struct slc_cookie *cookie);

/**
 * slc_cookie_check() - Is this the ACK to a SYN-ACK of ours?
 * @keys:       secrets
 * @tuple:      the ACK's, from client to service
 * @client_isn: the ACK's sequence number minus 1
 * @cookie:     @isn: its acknowledgment number minus 1; @tsval: its timestamp
 *              echo, not looked at without timestamps
 * @count:      time in units of SLC_COOKIE_PERIOD_S
 * @min_mss:    refuse cookies that vouch for less; for callers that know their
 *              peers, as each step refused makes guessing harder. 0: any.
 * @opts:       @has_ts to be set from the ACK; the rest is filled in on success
 *
 * Only the first ACK, or data that directly follows the SYN, has the right
 * sequence number.
 *
 * Context: Any. Pure.
 * Return: true if it is, made with these keys at most two periods ago.
 */
bool slc_cookie_check(const struct slc_cookie_keys *keys,
		      const struct slc_tuple *tuple, u32 client_isn,
		      const struct slc_cookie *cookie, u32 count, u16 min_mss,
		      struct slc_cookie_opts *opts);

/**
 * slc_isn() - Initial sequence number of a handshake we remember (RFC 6528)
 * @key:   secret, used for no other number that is seen outside
 * @tuple: the SYN's
 * @clock: time in units of 64 ns, which may wrap
 *
 * Context: Any. Pure.
 * Return: a number that grows with time for one tuple and tells a stranger
 *         nothing about that of another.
 */
u32 slc_isn(const siphash_key_t *key, const struct slc_tuple *tuple, u32 clock);

/**
 * slc_ts_offset() - What a tuple's timestamps are ahead of our clock (RFC 7323 5.4)
 * @key:   secret, used for nothing else
 * @tuple: the SYN's
 *
 * Context: Any. Pure.
 * Return: milliseconds to add to our clock.
 */
u32 slc_ts_offset(const siphash_key_t *key, const struct slc_tuple *tuple);

#endif /* SLC_CORE_COOKIE_H */
