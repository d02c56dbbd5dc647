/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Namespaces come and go.
 */
#ifndef SLC_NET_H
#define SLC_NET_H

/**
 * slc_net_register() - Be in every namespace from now on.
 *
 * Context: process.
 * Return: 0 or an errno.
 */
int slc_net_register(void);

/**
 * slc_net_unregister() - Leave all namespaces: flows are reset, hooks gone.
 *
 * Context: process.
 */
void slc_net_unregister(void);

#endif /* SLC_NET_H */
