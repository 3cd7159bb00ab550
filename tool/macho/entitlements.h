/* Entitlements: what a program asks of the system, as a property list in its code signature. */
#ifndef VAFIT_MACHO_ENTITLEMENTS_H
#define VAFIT_MACHO_ENTITLEMENTS_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

/* ENTITLEMENTS_HEAD: bytes of a SuperBlob that have its index. ENTITLEMENTS_MOST: the most bytes
 * of entitlements that vafit looks at; those of Apple's own programs have a few KiB. */
enum { ENTITLEMENTS_HEAD = 12 + 8 * 32, ENTITLEMENTS_MOST = 1 << 20 };

/* Where the XML entitlements (CSSLOT_ENTITLEMENTS) of a signature begin: bytes from the start of
 * its SuperBlob, of which `head` is the beginning. False when it has none, or is no SuperBlob. What
 * else is wrong with the signature does not matter here. */
bool entitlements_offset(struct bytes head, uint32_t *offset);

/* Whether the entitlements, a blob with its header, ask for a hardened process in which the kernel
 * may place mappings at random: com.apple.security.hardened-process or
 * com.apple.developer.hardened-process is true, the version is 2 or later (or not given), and guard
 * objects are not declined (xnu: bsd/kern/mach_loader.c, load_machfile; bsd/kern/kern_exec.c,
 * exec_check_security_entitlement). False for what is no blob of entitlements. */
bool entitlements_hardened(struct bytes blob);

#endif
