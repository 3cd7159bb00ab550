"""A thin Mach-O image in a bytearray, for the scripts that rewrite one."""
import struct

LC_SEGMENT_64, LC_CODE_SIGNATURE = 0x19, 0x1D
LC_DYLD_INFO_ONLY, LC_DYLD_EXPORTS_TRIE, LC_DYLD_CHAINED_FIXUPS = 0x80000022, 0x80000033, 0x80000034
LOADS = (0xC, 0x80000018, 0x8000001F, 0x80000023)  # LC_LOAD_DYLIB and its kin


def commands(data):
    """(command number, offset in the file) of each load command."""
    offset = 32
    for _ in range(struct.unpack_from("<I", data, 16)[0]):
        number, size = struct.unpack_from("<II", data, offset)
        yield number, offset
        offset += size


def command(data, wanted):
    """The offset of the first load command of that number; None without."""
    return next((offset for number, offset in commands(data) if number == wanted), None)
