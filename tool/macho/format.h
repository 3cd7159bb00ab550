/* The numbers of the format, by Apple's names. Load commands are in macho/load_command.h.
 *
 * Sources: <mach-o/loader.h>, <mach-o/fat.h>, <mach-o/nlist.h>, <mach-o/fixup-chains.h>,
 * <mach-o/compact_unwind_encoding.h>, <mach/machine.h>; xnu, osfmk/kern/cs_blobs.h for code
 * signatures. */
#ifndef VAFIT_MACHO_FORMAT_H
#define VAFIT_MACHO_FORMAT_H

#include <stdint.h>

/* What files begin with, in the byte order that their format has: universal headers big-endian,
 * images little-endian. */
#define FAT_MAGIC UINT32_C(0xcafebabe)
#define FAT_MAGIC_64 UINT32_C(0xcafebabf)
#define MH_MAGIC UINT32_C(0xfeedface)    /* 32-bit image */
#define MH_MAGIC_64 UINT32_C(0xfeedfacf) /* 64-bit image */
#define MH_CIGAM UINT32_C(0xcefaedfe)    /* MH_MAGIC of the other byte order */
#define MH_CIGAM_64 UINT32_C(0xcffaedfe)

/* mach_header_64 */
enum { CPU_TYPE_X86_64 = 0x01000007, CPU_TYPE_ARM64 = 0x0100000c };
#define CPU_SUBTYPE_MASK UINT32_C(0xff000000)
enum {
    MACH_HEADER_SIZE = 32,
    MACH_HEADER_NCMDS = 16,
    MACH_HEADER_SIZEOFCMDS = 20,
    MACH_HEADER_FLAGS = 24
};
#define MH_NOUNDEFS UINT32_C(0x1)
#define MH_DYLDLINK UINT32_C(0x4)
#define MH_TWOLEVEL UINT32_C(0x80)
#define MH_WEAK_DEFINES UINT32_C(0x8000)
#define MH_BINDS_TO_WEAK UINT32_C(0x10000)
#define MH_NO_REEXPORTED_DYLIBS UINT32_C(0x100000)
#define MH_PIE UINT32_C(0x200000)
#define MH_HAS_TLV_DESCRIPTORS UINT32_C(0x800000)
#define MH_APP_EXTENSION_SAFE UINT32_C(0x02000000)
#define MH_DYLIB_IN_CACHE UINT32_C(0x80000000)

/* Bytes of the fixed fields of commands, before what follows them: sections, a name, a path. */
enum {
    SEGMENT_COMMAND_SIZE = 72,
    SECTION_SIZE = 80,
    DYLIB_COMMAND_SIZE = 24,
    RPATH_COMMAND_SIZE = 12
};

/* segment_command_64; section_64's type, the low byte of its flags */
enum { VM_PROT_READ = 1, VM_PROT_WRITE = 2, VM_PROT_EXECUTE = 4 };
#define SG_READ_ONLY UINT32_C(0x10)
enum section_type {
    S_ZEROFILL = 0x1,
    S_CSTRING_LITERALS = 0x2,
    S_MOD_INIT_FUNC_POINTERS = 0x9,
    S_MOD_TERM_FUNC_POINTERS = 0xa,
    S_GB_ZEROFILL = 0xc,
    S_INTERPOSING = 0xd,
    S_DTRACE_DOF = 0xf,
    S_THREAD_LOCAL_REGULAR = 0x11,
    S_THREAD_LOCAL_ZEROFILL = 0x12,
    S_THREAD_LOCAL_VARIABLES = 0x13,
    S_INIT_FUNC_OFFSETS = 0x16
};
#define SECTION_ATTRIBUTES UINT32_C(0xffffff00) /* of the flags */
#define S_ATTR_PURE_INSTRUCTIONS UINT32_C(0x80000000)
#define S_ATTR_SOME_INSTRUCTIONS UINT32_C(0x00000400)

/* nlist_64 */
enum { N_STAB = 0xe0, N_PEXT = 0x10, N_TYPE = 0x0e, N_EXT = 0x01 };
enum { N_UNDF = 0x0, N_ABS = 0x2, N_INDR = 0xa, N_PBUD = 0xc, N_SECT = 0xe };
enum { N_WEAK_DEF = 0x80 };
/* The stabs whose n_value is an address (<mach-o/stab.h>), and N_OSO, whose n_sect is none. */
enum {
    N_FUN = 0x24,
    N_STSYM = 0x26,
    N_LCSYM = 0x28,
    N_BNSYM = 0x2e,
    N_SLINE = 0x44,
    N_OSO = 0x66,
    N_SOL = 0x84
};
#define INDIRECT_SYMBOL_LOCAL UINT32_C(0x80000000)
#define INDIRECT_SYMBOL_ABS UINT32_C(0x40000000)

/* Flags of an export in the trie. dyld takes a kind of 3 for a regular one; the last flag is named
 * after dyld's mach_o/ExportsTrie.h. */
enum {
    EXPORT_SYMBOL_FLAGS_KIND_MASK = 0x03,
    EXPORT_SYMBOL_FLAGS_KIND_REGULAR = 0x00,
    EXPORT_SYMBOL_FLAGS_KIND_THREAD_LOCAL = 0x01,
    EXPORT_SYMBOL_FLAGS_KIND_ABSOLUTE = 0x02,
    EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION = 0x04,
    EXPORT_SYMBOL_FLAGS_REEXPORT = 0x08,
    EXPORT_SYMBOL_FLAGS_STUB_AND_RESOLVER = 0x10,
    EXPORT_SYMBOL_FLAGS_FUNCTION_VARIANT = 0x20,
};

/* LC_DYLD_INFO: opcodes are the upper four bits of a byte. */
enum {
    REBASE_TYPE_POINTER = 1,
    REBASE_IMMEDIATE_MASK = 0x0f,
    REBASE_OPCODE_DONE = 0x00,
    REBASE_OPCODE_SET_TYPE_IMM = 0x10,
    REBASE_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB = 0x20,
    REBASE_OPCODE_ADD_ADDR_ULEB = 0x30,
    REBASE_OPCODE_ADD_ADDR_IMM_SCALED = 0x40,
    REBASE_OPCODE_DO_REBASE_IMM_TIMES = 0x50,
    REBASE_OPCODE_DO_REBASE_ULEB_TIMES = 0x60,
    REBASE_OPCODE_DO_REBASE_ADD_ADDR_ULEB = 0x70,
    REBASE_OPCODE_DO_REBASE_ULEB_TIMES_SKIPPING_ULEB = 0x80,
};
enum {
    BIND_TYPE_POINTER = 1,
    BIND_IMMEDIATE_MASK = 0x0f,
    BIND_SYMBOL_FLAGS_WEAK_IMPORT = 0x1,
    BIND_SYMBOL_FLAGS_NON_WEAK_DEFINITION = 0x8,
    BIND_OPCODE_DONE = 0x00,
    BIND_OPCODE_SET_DYLIB_ORDINAL_IMM = 0x10,
    BIND_OPCODE_SET_DYLIB_ORDINAL_ULEB = 0x20,
    BIND_OPCODE_SET_DYLIB_SPECIAL_IMM = 0x30,
    BIND_OPCODE_SET_SYMBOL_TRAILING_FLAGS_IMM = 0x40,
    BIND_OPCODE_SET_TYPE_IMM = 0x50,
    BIND_OPCODE_SET_ADDEND_SLEB = 0x60,
    BIND_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB = 0x70,
    BIND_OPCODE_ADD_ADDR_ULEB = 0x80,
    BIND_OPCODE_DO_BIND = 0x90,
    BIND_OPCODE_DO_BIND_ADD_ADDR_ULEB = 0xa0,
    BIND_OPCODE_DO_BIND_ADD_ADDR_IMM_SCALED = 0xb0,
    BIND_OPCODE_DO_BIND_ULEB_TIMES_SKIPPING_ULEB = 0xc0,
    BIND_OPCODE_THREADED = 0xd0,
};

/* LC_DYLD_CHAINED_FIXUPS */
enum {
    DYLD_CHAINED_IMPORT = 1,
    DYLD_CHAINED_IMPORT_ADDEND = 2,
    DYLD_CHAINED_IMPORT_ADDEND64 = 3,
    DYLD_CHAINED_PTR_ARM64E = 1,
    DYLD_CHAINED_PTR_64 = 2,
    DYLD_CHAINED_PTR_64_OFFSET = 6,
    DYLD_CHAINED_PTR_ARM64E_USERLAND = 9,
    DYLD_CHAINED_PTR_ARM64E_USERLAND24 = 12,
    DYLD_CHAINED_PTR_START_NONE = 0xffff,
    DYLD_CHAINED_PTR_START_MULTI = 0x8000,
};

/* __TEXT,__unwind_info. UNWIND_..._MODE_DWARF is what the bits of the mode are then; the offset is
 * that of the function's record in __TEXT,__eh_frame. */
enum {
    UNWIND_SECTION_VERSION = 1,
    UNWIND_SECOND_LEVEL_REGULAR = 2,
    UNWIND_SECOND_LEVEL_COMPRESSED = 3,
    UNWIND_HAS_LSDA = 0x40000000,
    UNWIND_PERSONALITY_MASK = 0x30000000,
    UNWIND_PERSONALITY_SHIFT = 28,
    UNWIND_MODE_MASK = 0x0f000000,
    UNWIND_ARM64_MODE_DWARF = 0x03000000,
    UNWIND_X86_64_MODE_DWARF = 0x04000000,
    UNWIND_DWARF_SECTION_OFFSET = 0x00ffffff,
};

/* LC_CODE_SIGNATURE, all big-endian */
#define CSMAGIC_EMBEDDED_SIGNATURE UINT32_C(0xfade0cc0)
#define CSMAGIC_CODEDIRECTORY UINT32_C(0xfade0c02)
#define CSMAGIC_BLOBWRAPPER UINT32_C(0xfade0b01)
#define CSMAGIC_EMBEDDED_ENTITLEMENTS UINT32_C(0xfade7171)
enum {
    CSSLOT_CODEDIRECTORY = 0,
    CSSLOT_INFOSLOT = 1, /* the hash of Info.plist alone */
    CSSLOT_REQUIREMENTS = 2,
    CSSLOT_RESOURCEDIR = 3, /* the hash of CodeResources alone */
    CSSLOT_ENTITLEMENTS = 5,
    CSSLOT_DER_ENTITLEMENTS = 7,
    CSSLOT_ALTERNATE_CODEDIRECTORIES = 0x1000, /* with other hashes */
    CSSLOT_ALTERNATE_CODEDIRECTORY_LIMIT = 0x1005,
    CSSLOT_SIGNATURESLOT = 0x10000, /* who signed: empty when nobody did */
    CS_ADHOC = 0x2,
    CS_RUNTIME = 0x10000,
    CS_LINKER_SIGNED = 0x20000,
    CS_HASHTYPE_SHA1 = 1,
    CS_HASHTYPE_SHA256 = 2,
    CS_HASHTYPE_SHA256_TRUNCATED = 3,
    CS_HASHTYPE_SHA384 = 4,
    CS_SUPPORTSSCATTER = 0x20100,
    CS_SUPPORTSTEAMID = 0x20200,
    CS_SUPPORTSCODELIMIT64 = 0x20300,
    CS_SUPPORTSEXECSEG = 0x20400,
    CS_SUPPORTSRUNTIME = 0x20500,
    CS_SUPPORTSLINKAGE = 0x20600,
};

#endif
