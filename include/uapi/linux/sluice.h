/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	docs/netlink/sluice.yaml */
/* YNL-GEN uapi header */
/* To regenerate run: make gen */

#ifndef _UAPI_LINUX_SLUICE_H
#define _UAPI_LINUX_SLUICE_H

#define SLUICE_FAMILY_NAME	"sluice"
#define SLUICE_FAMILY_VERSION	1

/**
 * enum sluice_accept_proxy - The PROXY headers a service expects from its
 *   senders
 * @SLUICE_ACCEPT_PROXY_NONE: No header
 * @SLUICE_ACCEPT_PROXY_TCP: One header of version 1 or 2 at the start of each
 *   connection
 * @SLUICE_ACCEPT_PROXY_EACH: A header of version 2 at the start of each
 *   datagram
 * @SLUICE_ACCEPT_PROXY_FIRST: A header of version 2 in the first datagram of a
 *   conversation
 * @SLUICE_ACCEPT_PROXY_SPP: A header of the simple protocol in each datagram,
 *   and in each answer
 */
enum sluice_accept_proxy {
	SLUICE_ACCEPT_PROXY_NONE,
	SLUICE_ACCEPT_PROXY_TCP,
	SLUICE_ACCEPT_PROXY_EACH,
	SLUICE_ACCEPT_PROXY_FIRST,
	SLUICE_ACCEPT_PROXY_SPP,
};

/**
 * enum sluice_untrusted - What happens to a sender that is not trusted
 * @SLUICE_UNTRUSTED_DROP: Nothing is answered
 * @SLUICE_UNTRUSTED_RESET: The connection is refused
 * @SLUICE_UNTRUSTED_PASS: The connection reaches the application, header and
 *   all
 */
enum sluice_untrusted {
	SLUICE_UNTRUSTED_DROP,
	SLUICE_UNTRUSTED_RESET,
	SLUICE_UNTRUSTED_PASS,
};

/**
 * enum sluice_bind - When the backend of a connection is chosen
 * @SLUICE_BIND_SYN: With the first packet
 * @SLUICE_BIND_HEADER: When the PROXY header is complete
 * @SLUICE_BIND_PAYLOAD: When enough of the payload has come
 */
enum sluice_bind {
	SLUICE_BIND_SYN,
	SLUICE_BIND_HEADER,
	SLUICE_BIND_PAYLOAD,
};

/**
 * enum sluice_adopt - What becomes of a segment in the middle of a connection
 *   that nobody here knows
 * @SLUICE_ADOPT_NONE: It is answered by a reset
 * @SLUICE_ADOPT_HASH: It goes where the hash of its pool says, as all that
 *   follow
 */
enum sluice_adopt {
	SLUICE_ADOPT_NONE,
	SLUICE_ADOPT_HASH,
};

/**
 * enum sluice_tunnel - What packets for a service may come inside of; any is
 *   all bits together
 * @SLUICE_TUNNEL_NONE: No tunnel ends here
 * @SLUICE_TUNNEL_IPIP: IPv4 or IPv6, in IPv4 or IPv6
 * @SLUICE_TUNNEL_GUE: Generic UDP encapsulation
 * @SLUICE_TUNNEL_ANY: Either of them
 */
enum sluice_tunnel {
	SLUICE_TUNNEL_NONE,
	SLUICE_TUNNEL_IPIP,
	SLUICE_TUNNEL_GUE,
	SLUICE_TUNNEL_ANY,
};

/**
 * enum sluice_flow_state - The state of a connection
 * @SLUICE_FLOW_STATE_CONNECT: Waiting for the backend to answer
 * @SLUICE_FLOW_STATE_ESTABLISHED: Both legs open
 * @SLUICE_FLOW_STATE_FIN_IN: The sender has closed its direction
 * @SLUICE_FLOW_STATE_FIN_OUT: The backend has closed its direction
 * @SLUICE_FLOW_STATE_CLOSING: Both directions closed
 * @SLUICE_FLOW_STATE_RESET: Reset by one side
 */
enum sluice_flow_state {
	SLUICE_FLOW_STATE_CONNECT,
	SLUICE_FLOW_STATE_ESTABLISHED,
	SLUICE_FLOW_STATE_FIN_IN,
	SLUICE_FLOW_STATE_FIN_OUT,
	SLUICE_FLOW_STATE_CLOSING,
	SLUICE_FLOW_STATE_RESET,
};

/**
 * enum sluice_event - What happened to an object that an event shows
 * @SLUICE_EVENT_ADDED: It is new
 * @SLUICE_EVENT_CHANGED: Its settings or its health have changed
 * @SLUICE_EVENT_REMOVED: It is gone
 * @SLUICE_EVENT_ENDED: A connection is over; a last acknowledgment may follow
 */
enum sluice_event {
	SLUICE_EVENT_ADDED,
	SLUICE_EVENT_CHANGED,
	SLUICE_EVENT_REMOVED,
	SLUICE_EVENT_ENDED,
};

/**
 * enum sluice_backend_state - What the administrator wants of a backend
 * @SLUICE_BACKEND_STATE_UP: It takes connections
 * @SLUICE_BACKEND_STATE_DOWN: It takes none
 * @SLUICE_BACKEND_STATE_DRAIN: It keeps the connections it has and takes no
 *   more
 */
enum sluice_backend_state {
	SLUICE_BACKEND_STATE_UP,
	SLUICE_BACKEND_STATE_DOWN,
	SLUICE_BACKEND_STATE_DRAIN,
};

/**
 * enum sluice_health - What health checks say of a backend
 * @SLUICE_HEALTH_UNKNOWN: Nobody has checked
 * @SLUICE_HEALTH_UP: It answers
 * @SLUICE_HEALTH_DOWN: It does not
 */
enum sluice_health {
	SLUICE_HEALTH_UNKNOWN,
	SLUICE_HEALTH_UP,
	SLUICE_HEALTH_DOWN,
};

/**
 * enum sluice_send_proxy - The PROXY headers that backends are sent
 * @SLUICE_SEND_PROXY_NONE: No header
 * @SLUICE_SEND_PROXY_V1: One of version 1 at the start of each connection
 * @SLUICE_SEND_PROXY_V2: One of version 2 at the start of each connection
 * @SLUICE_SEND_PROXY_EACH: One of version 2 in each datagram
 * @SLUICE_SEND_PROXY_FIRST: One of version 2 in the first datagram of a
 *   conversation
 * @SLUICE_SEND_PROXY_SPP: A Simple Proxy Protocol header in each datagram
 */
enum sluice_send_proxy {
	SLUICE_SEND_PROXY_NONE,
	SLUICE_SEND_PROXY_V1,
	SLUICE_SEND_PROXY_V2,
	SLUICE_SEND_PROXY_EACH,
	SLUICE_SEND_PROXY_FIRST,
	SLUICE_SEND_PROXY_SPP,
};

/**
 * enum sluice_backend_send_proxy - The PROXY headers that one backend is sent
 * @SLUICE_BACKEND_SEND_PROXY_POOL: As its pool says
 * @SLUICE_BACKEND_SEND_PROXY_NONE: The others are as those of send-proxy
 */
enum sluice_backend_send_proxy {
	SLUICE_BACKEND_SEND_PROXY_POOL,
	SLUICE_BACKEND_SEND_PROXY_NONE,
	SLUICE_BACKEND_SEND_PROXY_V1,
	SLUICE_BACKEND_SEND_PROXY_V2,
	SLUICE_BACKEND_SEND_PROXY_EACH,
	SLUICE_BACKEND_SEND_PROXY_FIRST,
	SLUICE_BACKEND_SEND_PROXY_SPP,
};

/**
 * enum sluice_tunnel_csum - Whether a gue tunnel's packets have a UDP checksum
 * @SLUICE_TUNNEL_CSUM_AUTO: Over IPv6 alone, which has no datagrams without
 *   one
 * @SLUICE_TUNNEL_CSUM_OFF: In neither family, which over IPv6 its end has to
 *   agree to (RFC 6935)
 * @SLUICE_TUNNEL_CSUM_ON: In either
 */
enum sluice_tunnel_csum {
	SLUICE_TUNNEL_CSUM_AUTO,
	SLUICE_TUNNEL_CSUM_OFF,
	SLUICE_TUNNEL_CSUM_ON,
};

/**
 * enum sluice_hash_field - What connections are told apart by
 * @SLUICE_HASH_FIELD_SRC: The client's address
 * @SLUICE_HASH_FIELD_SRC_PORT: The client's port
 * @SLUICE_HASH_FIELD_DST: The address of the service that was connected to
 * @SLUICE_HASH_FIELD_DST_PORT: The port of the service that was connected to
 */
enum sluice_hash_field {
	SLUICE_HASH_FIELD_SRC = 1,
	SLUICE_HASH_FIELD_SRC_PORT = 2,
	SLUICE_HASH_FIELD_DST = 4,
	SLUICE_HASH_FIELD_DST_PORT = 8,
};

/**
 * enum sluice_on_down - What becomes of the connections of a backend that goes
 *   down
 * @SLUICE_ON_DOWN_KEEP: They go on as long as they can
 * @SLUICE_ON_DOWN_RESET: They are reset
 */
enum sluice_on_down {
	SLUICE_ON_DOWN_KEEP,
	SLUICE_ON_DOWN_RESET,
};

/**
 * enum sluice_rule_kind - What of a connection a rule looks at
 * @SLUICE_RULE_KIND_SNI: Server name of a TLS ClientHello
 * @SLUICE_RULE_KIND_HOST: Host of an HTTP request
 * @SLUICE_RULE_KIND_PREFIX: First bytes of the payload
 * @SLUICE_RULE_KIND_TLV: A TLV of the PROXY header
 */
enum sluice_rule_kind {
	SLUICE_RULE_KIND_SNI,
	SLUICE_RULE_KIND_HOST,
	SLUICE_RULE_KIND_PREFIX,
	SLUICE_RULE_KIND_TLV,
};

/**
 * enum sluice_stat - Counters
 * @SLUICE_STAT_PACKETS_IN: Packets relayed from senders
 * @SLUICE_STAT_PACKETS_OUT: Packets relayed to senders
 * @SLUICE_STAT_BYTES_IN: Bytes relayed from senders, IP headers included
 * @SLUICE_STAT_BYTES_OUT: Bytes relayed to senders, IP headers included
 * @SLUICE_STAT_FLOWS_OPENED: Connections whose both legs opened
 * @SLUICE_STAT_FLOWS_CLOSED: Connections closed by both sides
 * @SLUICE_STAT_FLOWS_RESET: Connections reset by one side, their header
 *   complete
 * @SLUICE_STAT_FLOWS_EXPIRED: Connections forgotten after silence, or by their
 *   application
 * @SLUICE_STAT_FLOWS_FLUSHED: Connections ended by the administrator
 * @SLUICE_STAT_SYN_RECEIVED: SYN segments for a service
 * @SLUICE_STAT_SYN_ACK_SENT: SYN segments answered with state kept
 * @SLUICE_STAT_COOKIE_SENT: SYN segments answered with a cookie, no state kept
 * @SLUICE_STAT_COOKIE_ACCEPTED: Cookies that came back
 * @SLUICE_STAT_COOKIE_REFUSED: Segments that were no valid cookie
 * @SLUICE_STAT_UNTRUSTED_DROPPED: Senders not trusted, not answered
 * @SLUICE_STAT_UNTRUSTED_RESET: Senders not trusted, refused
 * @SLUICE_STAT_UNTRUSTED_PASSED: Senders not trusted, passed to the
 *   application
 * @SLUICE_STAT_HEADER_V1: PROXY headers of version 1
 * @SLUICE_STAT_HEADER_V2: PROXY headers of version 2
 * @SLUICE_STAT_HEADER_LOCAL: Headers with the command LOCAL
 * @SLUICE_STAT_HEADER_UNKNOWN: Headers that name no client (UNKNOWN, UNSPEC)
 * @SLUICE_STAT_BAD_SIGNATURE: First bytes are no PROXY header
 * @SLUICE_STAT_BAD_VERSION: Header of a version that does not exist
 * @SLUICE_STAT_BAD_COMMAND: Header with a command that does not exist
 * @SLUICE_STAT_BAD_FAMILY: Header with an address family or transport that
 *   does not exist
 * @SLUICE_STAT_BAD_LENGTH: Header shorter than its addresses
 * @SLUICE_STAT_BAD_TLV: TLVs that do not fill the header exactly
 * @SLUICE_STAT_BAD_CRC: Header with a wrong CRC32C
 * @SLUICE_STAT_BAD_V1: Malformed header of version 1
 * @SLUICE_STAT_HEADER_TOO_LONG: Header over the service's header-max
 * @SLUICE_STAT_HEADER_TIMEOUT: Header not complete within the service's
 *   header-timeout, or no answer to our SYN-ACK
 * @SLUICE_STAT_HEADER_CUT: Sender closed or reset before its header was
 *   complete
 * @SLUICE_STAT_CLIENT_REFUSED: Header names an address that may not be a
 *   client
 * @SLUICE_STAT_CLIENT_NO_ROUTE: Header names a client to whom there is no
 *   route
 * @SLUICE_STAT_CLIENT_IN_USE: Header names a live connection
 * @SLUICE_STAT_TIME_WAIT_RECYCLED: Old connections in TIME_WAIT replaced by a
 *   new one
 * @SLUICE_STAT_FAMILY_REFUSED: No way on for the family of the client
 * @SLUICE_STAT_CONNECT_REFUSED: Backend refused the connection
 * @SLUICE_STAT_CONNECT_TIMEOUT: Backend did not answer
 * @SLUICE_STAT_CONNECT_UNREACHABLE: Backend could not be reached; packets of
 *   one whose sender has no route any more
 * @SLUICE_STAT_HALF_OPEN_EVICTED: Unfinished handshakes given up for newer
 *   ones
 * @SLUICE_STAT_HALF_OPEN_LIMIT: Handshakes refused, memory limit reached
 * @SLUICE_STAT_FLOW_LIMIT: Connections refused, max-flows reached, or too many
 *   kept that are over
 * @SLUICE_STAT_HOLD_LIMIT: Segments dropped, too much held for a handshake
 * @SLUICE_STAT_ACK_INVALID: Handshake segments with an unacceptable
 *   acknowledgement
 * @SLUICE_STAT_SEQ_INVALID: Handshake segments outside the window or with
 *   flags that do not belong; SYN segments of either side for a connection
 *   that lives
 * @SLUICE_STAT_PAWS_REJECTED: Handshake segments with an old timestamp
 * @SLUICE_STAT_RST_INEXACT: Resets that did not hit the exact sequence number
 * @SLUICE_STAT_NO_FLOW: Segments of no known connection
 * @SLUICE_STAT_SPOOFED: Packets that claim to be from the client or the
 *   application of a relayed connection
 * @SLUICE_STAT_NOT_LOCAL: Packets to an address that is not of this host
 * @SLUICE_STAT_RP_FILTERED: Packets whose sender the route lookup refused
 * @SLUICE_STAT_TOO_BIG: Packets over the MTU towards the sender
 * @SLUICE_STAT_ICMP_TRANSLATED: ICMP errors translated to the other leg
 * @SLUICE_STAT_ICMP_DROPPED: ICMP errors that matched a connection but were
 *   not believed
 * @SLUICE_STAT_XFRM_DENIED: Packets refused by IPsec policy
 * @SLUICE_STAT_BAD_PACKET: Packets malformed, with headers that cannot be
 *   followed or that the other leg's family has not, or whose device is gone
 * @SLUICE_STAT_FRAGMENT_DROPPED: Fragments that could not be put together
 * @SLUICE_STAT_NO_MEMORY: Packets, connections and segments of our own for
 *   which there was no memory
 * @SLUICE_STAT_DRAINING: Connections refused while draining
 * @SLUICE_STAT_DOWNGRADED: Applications that declined a TCP option promised to
 *   the sender
 * @SLUICE_STAT_BYPASS_REFUSED: Connections refused that had got past the
 *   service to its port
 * @SLUICE_STAT_EVENTS_LOST: Events that could not be made, or did not reach
 *   one who listens and has asked for NETLINK_BROADCAST_ERROR
 * @SLUICE_STAT_NO_BACKEND: Connections and datagrams for which no backend was
 *   to be had
 * @SLUICE_STAT_NO_PORT: Connections and datagrams for which full NAT had no
 *   port of this host's left
 * @SLUICE_STAT_FLOWS_MOVED: Conversations that left a backend which has gone
 *   down
 * @SLUICE_STAT_CONNECT_ABANDONED: Connections that their sender reset, or did
 *   not go on with, before they were open
 * @SLUICE_STAT_PERSIST_FULL: Clients that a pool did not remember, or forgot
 *   for others, because there were too many
 * @SLUICE_STAT_CONNECT_RETRIED: Times that a connection has gone on to another
 *   backend, which the one before had refused or not answered
 * @SLUICE_STAT_HEADER_SPP: Conversations that began with a header of the
 *   simple protocol
 * @SLUICE_STAT_HEADER_MISSING: Datagrams of conversations whose first one,
 *   which has the header, has not come
 * @SLUICE_STAT_HEADER_SENT: PROXY headers sent to backends, each counted once
 * @SLUICE_STAT_HEADER_UNACKED: Backends that answered, but did not acknowledge
 *   their PROXY header
 * @SLUICE_STAT_DECAPSULATED: Packets taken out of a tunnel
 * @SLUICE_STAT_TUNNEL_REFUSED: Packets in tunnels whose sender is not trusted,
 *   with a wrong checksum, or with fields that nobody here knows
 * @SLUICE_STAT_FLOWS_ADOPTED: Connections whose beginning another balancer has
 *   seen, placed by a hash; they count as opened, too
 */
enum sluice_stat {
	SLUICE_STAT_PACKETS_IN,
	SLUICE_STAT_PACKETS_OUT,
	SLUICE_STAT_BYTES_IN,
	SLUICE_STAT_BYTES_OUT,
	SLUICE_STAT_FLOWS_OPENED,
	SLUICE_STAT_FLOWS_CLOSED,
	SLUICE_STAT_FLOWS_RESET,
	SLUICE_STAT_FLOWS_EXPIRED,
	SLUICE_STAT_FLOWS_FLUSHED,
	SLUICE_STAT_SYN_RECEIVED,
	SLUICE_STAT_SYN_ACK_SENT,
	SLUICE_STAT_COOKIE_SENT,
	SLUICE_STAT_COOKIE_ACCEPTED,
	SLUICE_STAT_COOKIE_REFUSED,
	SLUICE_STAT_UNTRUSTED_DROPPED,
	SLUICE_STAT_UNTRUSTED_RESET,
	SLUICE_STAT_UNTRUSTED_PASSED,
	SLUICE_STAT_HEADER_V1,
	SLUICE_STAT_HEADER_V2,
	SLUICE_STAT_HEADER_LOCAL,
	SLUICE_STAT_HEADER_UNKNOWN,
	SLUICE_STAT_BAD_SIGNATURE,
	SLUICE_STAT_BAD_VERSION,
	SLUICE_STAT_BAD_COMMAND,
	SLUICE_STAT_BAD_FAMILY,
	SLUICE_STAT_BAD_LENGTH,
	SLUICE_STAT_BAD_TLV,
	SLUICE_STAT_BAD_CRC,
	SLUICE_STAT_BAD_V1,
	SLUICE_STAT_HEADER_TOO_LONG,
	SLUICE_STAT_HEADER_TIMEOUT,
	SLUICE_STAT_HEADER_CUT,
	SLUICE_STAT_CLIENT_REFUSED,
	SLUICE_STAT_CLIENT_NO_ROUTE,
	SLUICE_STAT_CLIENT_IN_USE,
	SLUICE_STAT_TIME_WAIT_RECYCLED,
	SLUICE_STAT_FAMILY_REFUSED,
	SLUICE_STAT_CONNECT_REFUSED,
	SLUICE_STAT_CONNECT_TIMEOUT,
	SLUICE_STAT_CONNECT_UNREACHABLE,
	SLUICE_STAT_HALF_OPEN_EVICTED,
	SLUICE_STAT_HALF_OPEN_LIMIT,
	SLUICE_STAT_FLOW_LIMIT,
	SLUICE_STAT_HOLD_LIMIT,
	SLUICE_STAT_ACK_INVALID,
	SLUICE_STAT_SEQ_INVALID,
	SLUICE_STAT_PAWS_REJECTED,
	SLUICE_STAT_RST_INEXACT,
	SLUICE_STAT_NO_FLOW,
	SLUICE_STAT_SPOOFED,
	SLUICE_STAT_NOT_LOCAL,
	SLUICE_STAT_RP_FILTERED,
	SLUICE_STAT_TOO_BIG,
	SLUICE_STAT_ICMP_TRANSLATED,
	SLUICE_STAT_ICMP_DROPPED,
	SLUICE_STAT_XFRM_DENIED,
	SLUICE_STAT_BAD_PACKET,
	SLUICE_STAT_FRAGMENT_DROPPED,
	SLUICE_STAT_NO_MEMORY,
	SLUICE_STAT_DRAINING,
	SLUICE_STAT_DOWNGRADED,
	SLUICE_STAT_BYPASS_REFUSED,
	SLUICE_STAT_EVENTS_LOST,
	SLUICE_STAT_NO_BACKEND,
	SLUICE_STAT_NO_PORT,
	SLUICE_STAT_FLOWS_MOVED,
	SLUICE_STAT_CONNECT_ABANDONED,
	SLUICE_STAT_PERSIST_FULL,
	SLUICE_STAT_CONNECT_RETRIED,
	SLUICE_STAT_HEADER_SPP,
	SLUICE_STAT_HEADER_MISSING,
	SLUICE_STAT_HEADER_SENT,
	SLUICE_STAT_HEADER_UNACKED,
	SLUICE_STAT_DECAPSULATED,
	SLUICE_STAT_TUNNEL_REFUSED,
	SLUICE_STAT_FLOWS_ADOPTED,

	/* private: */
	__SLUICE_STAT_MAX,
	SLUICE_STAT_MAX = (__SLUICE_STAT_MAX - 1)
};

enum {
	SLUICE_A_PREFIX_ADDR = 1,
	SLUICE_A_PREFIX_PLEN,

	__SLUICE_A_PREFIX_MAX,
	SLUICE_A_PREFIX_MAX = (__SLUICE_A_PREFIX_MAX - 1)
};

enum {
	SLUICE_A_PORT_RANGE_PORT = 1,
	SLUICE_A_PORT_RANGE_PORT_END,

	__SLUICE_A_PORT_RANGE_MAX,
	SLUICE_A_PORT_RANGE_MAX = (__SLUICE_A_PORT_RANGE_MAX - 1)
};

enum {
	SLUICE_A_TLV_TYPE = 1,
	SLUICE_A_TLV_VALUE,

	__SLUICE_A_TLV_MAX,
	SLUICE_A_TLV_MAX = (__SLUICE_A_TLV_MAX - 1)
};

enum {
	SLUICE_A_SERVICE_NAME = 1,
	SLUICE_A_SERVICE_ID,
	SLUICE_A_SERVICE_PROTO,
	SLUICE_A_SERVICE_ADDR,
	SLUICE_A_SERVICE_ANY,
	SLUICE_A_SERVICE_PORT,
	SLUICE_A_SERVICE_PORT_END,
	SLUICE_A_SERVICE_ACCEPT_PROXY,
	SLUICE_A_SERVICE_TRUST,
	SLUICE_A_SERVICE_UNTRUSTED,
	SLUICE_A_SERVICE_HEADER_TIMEOUT,
	SLUICE_A_SERVICE_HEADER_MAX,
	SLUICE_A_SERVICE_MARK,
	SLUICE_A_SERVICE_MARK_MASK,
	SLUICE_A_SERVICE_TO_ADDR,
	SLUICE_A_SERVICE_TO_PORT,
	SLUICE_A_SERVICE_FORWARD,
	SLUICE_A_SERVICE_BIND,
	SLUICE_A_SERVICE_FLOWS,
	SLUICE_A_SERVICE_FORCE,
	SLUICE_A_SERVICE_PORTS,
	SLUICE_A_SERVICE_POOL,
	SLUICE_A_SERVICE_USER_DATA,
	SLUICE_A_SERVICE_EVENT,
	SLUICE_A_SERVICE_IDLE_TIMEOUT,
	SLUICE_A_SERVICE_TUNNEL,
	SLUICE_A_SERVICE_TUNNEL_PORT,
	SLUICE_A_SERVICE_REPLY_ADDR,
	SLUICE_A_SERVICE_REPLY_PORT,
	SLUICE_A_SERVICE_ADOPT,
	SLUICE_A_SERVICE_MAX_MSS,

	__SLUICE_A_SERVICE_MAX,
	SLUICE_A_SERVICE_MAX = (__SLUICE_A_SERVICE_MAX - 1)
};

enum {
	SLUICE_A_POOL_NAME = 1,
	SLUICE_A_POOL_ID,
	SLUICE_A_POOL_SCHEDULER,
	SLUICE_A_POOL_FORWARD,
	SLUICE_A_POOL_SEND_PROXY,
	SLUICE_A_POOL_TLV,
	SLUICE_A_POOL_RETRIES,
	SLUICE_A_POOL_PERSIST,
	SLUICE_A_POOL_SLOW_START,
	SLUICE_A_POOL_SORRY,
	SLUICE_A_POOL_ON_DOWN,
	SLUICE_A_POOL_BACKENDS,
	SLUICE_A_POOL_FORCE,
	SLUICE_A_POOL_USER_DATA,
	SLUICE_A_POOL_EVENT,
	SLUICE_A_POOL_HASH,
	SLUICE_A_POOL_HASH_KEY,
	SLUICE_A_POOL_RESET,
	SLUICE_A_POOL_MAX_FAILS,
	SLUICE_A_POOL_FAIL_TIMEOUT,
	SLUICE_A_POOL_MIN_UP,
	SLUICE_A_POOL_UP,

	__SLUICE_A_POOL_MAX,
	SLUICE_A_POOL_MAX = (__SLUICE_A_POOL_MAX - 1)
};

enum {
	SLUICE_A_BACKEND_POOL = 1,
	SLUICE_A_BACKEND_ADDR,
	SLUICE_A_BACKEND_PORT,
	SLUICE_A_BACKEND_ID,
	SLUICE_A_BACKEND_WEIGHT,
	SLUICE_A_BACKEND_STATE,
	SLUICE_A_BACKEND_HEALTH,
	SLUICE_A_BACKEND_MAX_FLOWS,
	SLUICE_A_BACKEND_FORWARD,
	SLUICE_A_BACKEND_TUNNEL_PORT,
	SLUICE_A_BACKEND_FLOWS,
	SLUICE_A_BACKEND_EVENT,
	SLUICE_A_BACKEND_PAD,
	SLUICE_A_BACKEND_PACKETS_IN,
	SLUICE_A_BACKEND_PACKETS_OUT,
	SLUICE_A_BACKEND_BYTES_IN,
	SLUICE_A_BACKEND_BYTES_OUT,
	SLUICE_A_BACKEND_FLOWS_OPENED,
	SLUICE_A_BACKEND_FLOWS_CLOSED,
	SLUICE_A_BACKEND_FLOWS_RESET,
	SLUICE_A_BACKEND_FLOWS_EXPIRED,
	SLUICE_A_BACKEND_FLOWS_FLUSHED,
	SLUICE_A_BACKEND_FLOWS_MOVED,
	SLUICE_A_BACKEND_CONNECT_REFUSED,
	SLUICE_A_BACKEND_CONNECT_TIMEOUT,
	SLUICE_A_BACKEND_CONNECT_ABANDONED,
	SLUICE_A_BACKEND_CONNECT_RETRIED,
	SLUICE_A_BACKEND_FORCE,
	SLUICE_A_BACKEND_SUSPECT,
	SLUICE_A_BACKEND_SEND_PROXY,
	SLUICE_A_BACKEND_TUNNEL_CSUM,
	SLUICE_A_BACKEND_FOUND,
	SLUICE_A_BACKEND_HEALTH_WEIGHT,

	__SLUICE_A_BACKEND_MAX,
	SLUICE_A_BACKEND_MAX = (__SLUICE_A_BACKEND_MAX - 1)
};

enum {
	SLUICE_A_RULE_ID = 1,
	SLUICE_A_RULE_SERVICE,
	SLUICE_A_RULE_KIND,
	SLUICE_A_RULE_PATTERN,
	SLUICE_A_RULE_POOL,
	SLUICE_A_RULE_EVENT,

	__SLUICE_A_RULE_MAX,
	SLUICE_A_RULE_MAX = (__SLUICE_A_RULE_MAX - 1)
};

enum {
	SLUICE_A_FLOW_PAD = 1,
	SLUICE_A_FLOW_ID,
	SLUICE_A_FLOW_SERVICE,
	SLUICE_A_FLOW_PROTO,
	SLUICE_A_FLOW_STATE,
	SLUICE_A_FLOW_SENDER_ADDR,
	SLUICE_A_FLOW_SENDER_PORT,
	SLUICE_A_FLOW_SERVICE_ADDR,
	SLUICE_A_FLOW_SERVICE_PORT,
	SLUICE_A_FLOW_CLIENT_ADDR,
	SLUICE_A_FLOW_CLIENT_PORT,
	SLUICE_A_FLOW_BACKEND_ADDR,
	SLUICE_A_FLOW_BACKEND_PORT,
	SLUICE_A_FLOW_VERSION,
	SLUICE_A_FLOW_LOCAL,
	SLUICE_A_FLOW_TLVS,
	SLUICE_A_FLOW_PACKETS_IN,
	SLUICE_A_FLOW_PACKETS_OUT,
	SLUICE_A_FLOW_BYTES_IN,
	SLUICE_A_FLOW_BYTES_OUT,
	SLUICE_A_FLOW_AGE,
	SLUICE_A_FLOW_IDLE,
	SLUICE_A_FLOW_IFINDEX,
	SLUICE_A_FLOW_MARK,
	SLUICE_A_FLOW_MARK_MASK,
	SLUICE_A_FLOW_COUNT,
	SLUICE_A_FLOW_EVENT,
	SLUICE_A_FLOW_TIME,
	SLUICE_A_FLOW_HEADER_ADDR,
	SLUICE_A_FLOW_HEADER_PORT,
	SLUICE_A_FLOW_RTT,
	SLUICE_A_FLOW_POOL,
	SLUICE_A_FLOW_OPENED,
	SLUICE_A_FLOW_FIRST_BYTE,
	SLUICE_A_FLOW_REASON,
	SLUICE_A_FLOW_SOURCE_ADDR,
	SLUICE_A_FLOW_SOURCE_PORT,

	__SLUICE_A_FLOW_MAX,
	SLUICE_A_FLOW_MAX = (__SLUICE_A_FLOW_MAX - 1)
};

enum {
	SLUICE_A_COUNTER_PAD = 1,
	SLUICE_A_COUNTER_ID,
	SLUICE_A_COUNTER_VALUE,

	__SLUICE_A_COUNTER_MAX,
	SLUICE_A_COUNTER_MAX = (__SLUICE_A_COUNTER_MAX - 1)
};

enum {
	SLUICE_A_STATS_SERVICE = 1,
	SLUICE_A_STATS_COUNTER,

	__SLUICE_A_STATS_MAX,
	SLUICE_A_STATS_MAX = (__SLUICE_A_STATS_MAX - 1)
};

enum {
	SLUICE_A_INFO_PAD = 1,
	SLUICE_A_INFO_VERSION,
	SLUICE_A_INFO_SERVICES,
	SLUICE_A_INFO_FLOWS,
	SLUICE_A_INFO_FLOWS_EVERYWHERE,
	SLUICE_A_INFO_HALF_OPEN,
	SLUICE_A_INFO_HALF_OPEN_BYTES,
	SLUICE_A_INFO_MAX_FLOWS,
	SLUICE_A_INFO_MAX_HALF_OPEN_BYTES,
	SLUICE_A_INFO_DRAINING,
	SLUICE_A_INFO_EVERYWHERE,
	SLUICE_A_INFO_GENERATION,
	SLUICE_A_INFO_POOLS,
	SLUICE_A_INFO_BACKENDS,
	SLUICE_A_INFO_USER_NAMESPACES,
	SLUICE_A_INFO_EVENT,
	SLUICE_A_INFO_PROBE_MARK,
	SLUICE_A_INFO_PROBE_MASK,
	SLUICE_A_INFO_HALF_OPEN_EVERYWHERE,

	__SLUICE_A_INFO_MAX,
	SLUICE_A_INFO_MAX = (__SLUICE_A_INFO_MAX - 1)
};

enum {
	SLUICE_A_WHOAMI_FD = 1,
	SLUICE_A_WHOAMI_SENDER_ADDR,
	SLUICE_A_WHOAMI_SENDER_PORT,
	SLUICE_A_WHOAMI_SERVICE_ADDR,
	SLUICE_A_WHOAMI_SERVICE_PORT,
	SLUICE_A_WHOAMI_CLIENT_ADDR,
	SLUICE_A_WHOAMI_CLIENT_PORT,
	SLUICE_A_WHOAMI_HEADER_ADDR,
	SLUICE_A_WHOAMI_HEADER_PORT,
	SLUICE_A_WHOAMI_VERSION,
	SLUICE_A_WHOAMI_LOCAL,
	SLUICE_A_WHOAMI_TLVS,
	SLUICE_A_WHOAMI_SERVICE,
	SLUICE_A_WHOAMI_PEER_ADDR,
	SLUICE_A_WHOAMI_PEER_PORT,
	SLUICE_A_WHOAMI_LOCAL_ADDR,

	__SLUICE_A_WHOAMI_MAX,
	SLUICE_A_WHOAMI_MAX = (__SLUICE_A_WHOAMI_MAX - 1)
};

enum {
	SLUICE_A_BATCH_NEW_SERVICE = 1,
	SLUICE_A_BATCH_SET_SERVICE,
	SLUICE_A_BATCH_DEL_SERVICE,
	SLUICE_A_BATCH_NEW_POOL,
	SLUICE_A_BATCH_SET_POOL,
	SLUICE_A_BATCH_DEL_POOL,
	SLUICE_A_BATCH_NEW_BACKEND,
	SLUICE_A_BATCH_SET_BACKEND,
	SLUICE_A_BATCH_DEL_BACKEND,
	SLUICE_A_BATCH_NEW_RULE,
	SLUICE_A_BATCH_DEL_RULE,
	SLUICE_A_BATCH_DRY_RUN,
	SLUICE_A_BATCH_GENERATION,
	SLUICE_A_BATCH_COUNT,
	SLUICE_A_BATCH_SET_INFO,

	__SLUICE_A_BATCH_MAX,
	SLUICE_A_BATCH_MAX = (__SLUICE_A_BATCH_MAX - 1)
};

enum {
	SLUICE_CMD_GET_SERVICE = 1,
	SLUICE_CMD_NEW_SERVICE,
	SLUICE_CMD_SET_SERVICE,
	SLUICE_CMD_DEL_SERVICE,
	SLUICE_CMD_GET_FLOW,
	SLUICE_CMD_DEL_FLOW,
	SLUICE_CMD_FLUSH_FLOWS,
	SLUICE_CMD_GET_STATS,
	SLUICE_CMD_RESET_STATS,
	SLUICE_CMD_GET_INFO,
	SLUICE_CMD_SET_INFO,
	SLUICE_CMD_GET_POOL,
	SLUICE_CMD_NEW_POOL,
	SLUICE_CMD_SET_POOL,
	SLUICE_CMD_DEL_POOL,
	SLUICE_CMD_GET_BACKEND,
	SLUICE_CMD_NEW_BACKEND,
	SLUICE_CMD_SET_BACKEND,
	SLUICE_CMD_DEL_BACKEND,
	SLUICE_CMD_GET_RULE,
	SLUICE_CMD_NEW_RULE,
	SLUICE_CMD_DEL_RULE,
	SLUICE_CMD_BATCH,
	SLUICE_CMD_WHOAMI,
	SLUICE_CMD_SERVICE_EVENT,
	SLUICE_CMD_POOL_EVENT,
	SLUICE_CMD_BACKEND_EVENT,
	SLUICE_CMD_HEALTH_EVENT,
	SLUICE_CMD_FLOW_EVENT,
	SLUICE_CMD_INFO_EVENT,

	__SLUICE_CMD_MAX,
	SLUICE_CMD_MAX = (__SLUICE_CMD_MAX - 1)
};

#define SLUICE_MCGRP_CONFIG	"config"
#define SLUICE_MCGRP_HEALTH	"health"
#define SLUICE_MCGRP_FLOW	"flow"

#endif /* _UAPI_LINUX_SLUICE_H */
