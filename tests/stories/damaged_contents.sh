# What may happen to code and data between shrink and the user, one byte at a time: verify finds each, and says
# what it found.
. "$(dirname "$0")/../lib/victim.sh"

x86_64_damages
content 'a byte of code' __TEXT "${at[__TEXT,__text.offset]}"
content 'the last byte of code' __TEXT $((at[__TEXT,__text.offset] + at[__TEXT,__text.size] - 1))
content 'a byte of a stub' __TEXT "${at[__TEXT,__stubs.offset]}"
content 'a byte of __cstring' __TEXT "${at[__TEXT,__cstring.offset]}"
content 'a byte of __unwind_info' __TEXT "${at[__TEXT,__unwind_info.offset]}"
content 'a byte of __data' __DATA "${at[__DATA,__data.offset]}"
content 'a byte of __la_symbol_ptr' __DATA "${at[__DATA,__la_symbol_ptr.offset]}"
content 'a byte of __DATA_CONST' __DATA_CONST "${at[__DATA_CONST,__const.offset]}"
content 'the first byte after the load commands' __TEXT "${at[head.size]}"
content 'the last byte of __TEXT' __TEXT $((at[__TEXT.filesize] - 1))
content 'the last byte before __LINKEDIT' __DATA $((at[__LINKEDIT.fileoff] - 1))
expect_true 'there is padding between the load commands and the code' \
    test "${at[head.size]}" -lt "${at[__TEXT,__text.offset]}"

arm64_damages
content 'arm64: a byte of code' __TEXT "${at[__TEXT,__text.offset]}"
content 'arm64: a byte of __cstring' __TEXT "${at[__TEXT,__cstring.offset]}"
content 'arm64: the first byte after the load commands' __TEXT "${at[head.size]}"
content 'arm64: the target of a chained pointer in __DATA' __DATA "${at[__DATA,__data.offset]}"
content 'arm64: the next of a chained pointer in __DATA' __DATA $((at[__DATA,__data.offset] + 6))
content 'arm64: the target of a chained pointer in __DATA_CONST' __DATA_CONST "${at[__DATA_CONST,__const.offset]}"
content 'arm64: the ordinal of a bind in __DATA_CONST' __DATA_CONST "${at[__DATA_CONST,__got.offset]}" \
    "chained fixups $(hex "${at[__DATA_CONST.vmaddr]}") (__DATA_CONST) ordinal: there is no import 255, but 5 in all"
content 'arm64: the last byte before __LINKEDIT' __DATA $((at[__LINKEDIT.fileoff] - 1))
