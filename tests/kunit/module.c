// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

MODULE_DESCRIPTION("Sluice: KUnit suites of the pure core");
MODULE_LICENSE("GPL");
