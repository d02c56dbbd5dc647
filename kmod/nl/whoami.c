// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of a connection, or of a conversation over UDP, for who has its
 * socket. Open to anyone: it is no more than the sender said to this very application.
 */
#include <linux/net.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp_states.h>
#include "nl/nl.h"
#include "nl/policy_gen.h"
#include "obj/flow.h"
#include "obj/service.h"

static struct slc_addr bound_to(const struct sock *sk)
{
	return sk->sk_family == AF_INET6 ?
	       slc_addr_from_bytes(&sk->sk_v6_rcv_saddr) :
	       slc_addr_v4(sk->sk_rcv_saddr);
}

static struct slc_addr connected_to(const struct sock *sk)
{
	return sk->sk_family == AF_INET6 ? slc_addr_from_bytes(&sk->sk_v6_daddr) :
					   slc_addr_v4(sk->sk_daddr);
}

/* The ends of a connected TCP socket, as the application's packets have them */
static int socket_tuple(struct sock *sk, struct slc_tuple *t)
{
	const struct inet_sock *inet = inet_sk(sk);
	bool connected;

	if ((sk->sk_family != AF_INET && sk->sk_family != AF_INET6) ||
	    sk->sk_type != SOCK_STREAM || sk->sk_protocol != IPPROTO_TCP)
		return -EOPNOTSUPP;
	/* No lock_sock(): its owner may wait in a page fault for as long as it
	 * likes, and we hold genetlink's lock. As sock_diag does: what is read
	 * here changes with the state alone, and is the caller's own.
	 */
	connected = !((1 << inet_sk_state_load(sk)) &
		      (TCPF_CLOSE | TCPF_LISTEN | TCPF_SYN_SENT));
	*t = (struct slc_tuple){
		.src	= bound_to(sk),
		.dst	= connected_to(sk),
		.sport	= inet->inet_sport,
		.dport	= inet->inet_dport,
		.proto	= IPPROTO_TCP,
		.side	= SLC_SIDE_INNER,
	};
	t->family = slc_addr_family(&t->dst);
	return connected ? 0 : -ENOTCONN;
}

static bool is_any(const struct slc_addr *addr)
{
	static const struct slc_addr any;
	const struct slc_addr any4 = slc_addr_v4(0);

	return slc_addr_eq(addr, &any) || slc_addr_eq(addr, &any4);
}

/* Can the socket have packets of this address's family? Another's may have the same port,
 * in the other one.
 */
static bool has_family(const struct sock *sk, const struct slc_addr *addr)
{
	if (slc_addr_is_v4(addr))
		return sk->sk_family == AF_INET || !ipv6_only_sock(sk);
	return sk->sk_family == AF_INET6;
}

/* Does a conversation end on this host? A socket may be bound to an address of another's
 * (IP_FREEBIND), or say that it was asked there.
 */
static bool ends_here(const struct slc_flow *flow)
{
	return !flow->backend ||
	       slc_nl_is_here(flow->sn->net, &flow->half[SLC_OUT].key.src);
}

/* The ends of a conversation of a UDP socket's: whom it has it with is the caller's to say,
 * and at which address of this host, unless it is bound to that. What is told is of this
 * very port.
 */
static int datagram_tuple(struct genl_info *info, const struct sock *sk,
			  struct slc_tuple *t)
{
	const struct nlattr *addr = info->attrs[SLUICE_A_WHOAMI_PEER_ADDR];
	const struct nlattr *port = info->attrs[SLUICE_A_WHOAMI_PEER_PORT];
	const struct nlattr *local = info->attrs[SLUICE_A_WHOAMI_LOCAL_ADDR];
	struct netlink_ext_ack *extack = info->extack;
	const struct inet_sock *inet = inet_sk(sk);

	*t = (struct slc_tuple){
		.src	= bound_to(sk),
		.dst	= connected_to(sk),
		.sport	= inet->inet_sport,
		.dport	= inet->inet_dport,
		.proto	= IPPROTO_UDP,
		.side	= SLC_SIDE_INNER,
	};
	if (!t->sport)
		return -ENOTCONN;
	if (is_any(&t->src) && !local) {
		NL_SET_ERR_MSG_ATTR(extack, info->attrs[SLUICE_A_WHOAMI_FD],
				    "is bound to no address: which one was asked?");
		NL_SET_ERR_ATTR_MISS(extack, NULL, SLUICE_A_WHOAMI_LOCAL_ADDR);
		return -EDESTADDRREQ;
	}
	if (is_any(&t->src))
		t->src = slc_nl_get_addr(local);
	if (!has_family(sk, &t->src))
		return -ENOENT;
	if (addr && port && !t->dport) {
		t->dst = slc_nl_get_addr(addr);
		t->dport = htons(nla_get_u16(port));
	} else if (!t->dport) {
		NL_SET_ERR_MSG_ATTR(extack, info->attrs[SLUICE_A_WHOAMI_FD],
				    "is connected to nobody: whom was it asked by?");
		NL_SET_ERR_ATTR_MISS(extack, NULL, addr ? SLUICE_A_WHOAMI_PEER_PORT :
						   SLUICE_A_WHOAMI_PEER_ADDR);
		return -EDESTADDRREQ;
	}
	t->family = slc_addr_family(&t->dst);
	return 0;
}

static bool is_datagram(const struct sock *sk)
{
	return (sk->sk_family == AF_INET || sk->sk_family == AF_INET6) &&
	       sk->sk_type == SOCK_DGRAM && sk->sk_protocol == IPPROTO_UDP;
}

/* The ends of the caller's socket */
static int fd_tuple(struct genl_info *info, struct slc_tuple *t)
{
	const struct nlattr *attr = info->attrs[SLUICE_A_WHOAMI_FD];
	struct netlink_ext_ack *extack = info->extack;
	struct socket *sock;
	int err;

	sock = sockfd_lookup(nla_get_s32(attr), &err);
	if (!sock) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "is no socket of yours");
		return err;
	}
	if (!net_eq(sock_net(sock->sk), genl_info_net(info)))
		err = -EXDEV;
	else if (is_datagram(sock->sk))
		err = datagram_tuple(info, sock->sk, t);
	else
		err = socket_tuple(sock->sk, t);
	if (err == -EXDEV)
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "is of another network namespace");
	else if (err == -EOPNOTSUPP)
		NL_SET_ERR_MSG_ATTR(extack, attr, "is no TCP or UDP socket");
	else if (err == -ENOTCONN)
		NL_SET_ERR_MSG_ATTR(extack, attr, "is not connected");
	else if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "did not come through a service");
	sockfd_put(sock);
	return err;
}

static int fill(struct sk_buff *skb, const struct slc_flow *flow)
{
	const struct slc_tuple *outer = &flow->half[SLC_IN].key;
	const struct slc_tuple *inner = &flow->half[SLC_OUT].key;
	const struct slc_header *header = flow->header;

	if (slc_nl_put_endpoint(skb, SLUICE_A_WHOAMI_SENDER_ADDR,
				SLUICE_A_WHOAMI_SENDER_PORT, &outer->src,
				outer->sport) ||
	    slc_nl_put_endpoint(skb, SLUICE_A_WHOAMI_SERVICE_ADDR,
				SLUICE_A_WHOAMI_SERVICE_PORT, &outer->dst,
				outer->dport) ||
	    slc_nl_put_endpoint(skb, SLUICE_A_WHOAMI_CLIENT_ADDR,
				SLUICE_A_WHOAMI_CLIENT_PORT, &inner->dst,
				inner->dport) ||
	    nla_put_u8(skb, SLUICE_A_WHOAMI_VERSION, flow->version) ||
	    nla_put_string(skb, SLUICE_A_WHOAMI_SERVICE, flow->service->name))
		return -EMSGSIZE;
	/* One that began without a header has none to show. */
	if (!flow->version)
		return 0;
	if (flow->is_local ?
	    nla_put_flag(skb, SLUICE_A_WHOAMI_LOCAL) :
	    slc_nl_put_endpoint(skb, SLUICE_A_WHOAMI_HEADER_ADDR,
				SLUICE_A_WHOAMI_HEADER_PORT, &header->dst.addr,
				header->dst.port))
		return -EMSGSIZE;
	if (header && header->len)
		return nla_put(skb, SLUICE_A_WHOAMI_TLVS, header->len,
			       header->tlv);
	return 0;
}

int sluice_nl_whoami_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct slc_net *sn = info->user_ptr[0];
	struct slc_half *half;
	struct sk_buff *reply;
	struct slc_tuple t;
	void *hdr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SLUICE_A_WHOAMI_FD))
		return -EINVAL;
	err = fd_tuple(info, &t);
	if (err)
		return err;
	reply = slc_nl_reply(info, SLUICE_CMD_WHOAMI, &hdr);
	if (!reply)
		return -ENOMEM;

	rcu_read_lock();
	half = slc_flow_lookup(sn, &t);
	if (half && t.proto == IPPROTO_UDP && !ends_here(slc_half_flow(half)))
		half = NULL;
	err = half ? fill(reply, slc_half_flow(half)) : -ENOENT;
	rcu_read_unlock();
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SLUICE_A_WHOAMI_FD],
				    "did not come through a service");
	return slc_nl_answer(info, reply, hdr, err);
}
