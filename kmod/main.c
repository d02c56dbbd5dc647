// SPDX-License-Identifier: GPL-2.0
/*
 * Sluice: ends the PROXY protocol in the kernel and gives applications the
 * connection of the real client. Loading and unloading, nothing else.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/module.h>
#include <linux/printk.h>

#include "net.h"
#include "nl/nl.h"
#include "obj/flow.h"
#include "obj/persist.h"
#include "path/early.h"

static int __init slc_init(void)
{
	int err;

	err = slc_flow_init();
	if (err)
		return err;
	err = slc_persist_init();
	if (err)
		goto err_flow;
	err = slc_early_init();
	if (err)
		goto err_persist;
	err = slc_net_register();
	if (err)
		goto err_early;
	err = slc_nl_init();
	if (err)
		goto err_net;
	/* Which one it was, whatever happened later */
	pr_info("version %s\n", THIS_MODULE->version ?: "unknown");
	return 0;

err_net:
	slc_net_unregister();
err_early:
	slc_early_exit();
err_persist:
	slc_persist_exit();
err_flow:
	slc_flow_exit();
	return err;
}

static void __exit slc_exit(void)
{
	slc_nl_exit();
	slc_net_unregister();
	slc_early_exit();
	slc_persist_exit();
	slc_flow_exit();
	pr_info("removed\n");
}

module_init(slc_init);
module_exit(slc_exit);

MODULE_DESCRIPTION("PROXY protocol termination and layer 4 load balancing");
MODULE_AUTHOR("The Sluice maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
