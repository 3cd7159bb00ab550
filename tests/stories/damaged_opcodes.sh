# Damaged rebase and bind opcodes: verify says which fixup it is, and what it was.
. "$(dirname "$0")/../lib/victim.sh"

x86_64_damages
# The opcodes, by hand. Rebases: type pointer, __DATA_CONST + 0: one, 8 bytes left out, two; __DATA + 0: one,
# 8 bytes left out, two; the end. Binds: dyld_stub_binder, type pointer, ordinal 3, __DATA_CONST + 8: one;
# _helper, type pointer, ordinal 1, 16 bytes on: one; and so on. Weak binds begin with _weak_number. Lazy
# binds: __DATA + 0, ordinal 3, _host_print_int: one; the end.
rebases=${at[LC_DYLD_INFO_ONLY.rebase_off]} binds=${at[LC_DYLD_INFO_ONLY.bind_off]}
weak_binds=${at[LC_DYLD_INFO_ONLY.weak_bind_off]} lazy_binds=${at[LC_DYLD_INFO_ONLY.lazy_bind_off]}
constant=${at[__DATA_CONST.vmaddr]} data=${at[__DATA.vmaddr]}
# target OFFSET: where the pointer at an offset of __DATA points to, by the file.
target() { hex "$(u64 $((at[__DATA.fileoff] + $1)))"; }
binder='binds dyld_stub_binder of ordinal'
lazy_print='lazily binds _host_print_int of ordinal'

damage 'an unknown rebase opcode' 1 'rebase opcodes byte 0x1: opcode 0xde is unknown' @$((rebases + 1)):1=0xde
damage 'a rebase fewer' 1 "rebase opcodes: at $(in_constant 24): there is none, was points to $(
    hex "$(u64 $((at[__DATA_CONST.fileoff] + 24)))"
)" @$((rebases + 5)):1=0x51
damage 'a rebase more' 1 "rebase opcodes: at $(in_data 32): points to 0x0, there was none" @$((rebases + 10)):1=0x53
damage 'a rebase of a segment that there is not' 1 \
    'rebase opcodes byte 0x1 (REBASE_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB): segment 15, but the image has 4' \
    @$((rebases + 1)):1=0x2f
damage 'a rebase in __TEXT' 1 \
    'rebase opcodes byte 0x3 (REBASE_OPCODE_DO_REBASE_ADD_ADDR_ULEB): __TEXT cannot be written' @$((rebases + 1)):1=0x20
damage 'a bind opcode before all it needs' 1 \
    'bind opcodes byte 0x0 (BIND_OPCODE_DO_BIND_ADD_ADDR_IMM_SCALED): no segment and offset were set before it' \
    @"$binds":1=0xbf
damage 'the name in a bind opcode' 1 \
    "bind opcodes: at $(in_constant 8): binds dyldXstub_binder of ordinal 3, was $binder 3" @$((binds + 5)):1=88
damage 'the ordinal of a bind' 1 "bind opcodes: at $(in_constant 8): $binder 2, was $binder 3" @$((binds + 19)):1=0x12
damage 'a bind that may be missing' 1 \
    "bind opcodes: at $(in_constant 8): $binder 3, which may be missing, was $binder 3" @"$binds":1=0x41
damage 'the ordinal of no library' 1 \
    'bind opcodes byte 0x16 (BIND_OPCODE_DO_BIND): ordinal 4, but the image loads 3 dylibs' @$((binds + 19)):1=0x14
damage 'where a bind is' 1 "bind opcodes: at $(in_constant 8): there is none, was $binder 3
bind opcodes: at $(in_constant 16): $binder 3, there was none
bind opcodes: at $(in_constant 32): there is none, was binds _helper of ordinal 1
bind opcodes: at $(in_constant 40): binds _helper of ordinal 1, there was none" @$((binds + 21)):1=16
damage 'a weak bind opcode before all it needs' 1 \
    'weak bind opcodes byte 0x0 (BIND_OPCODE_DO_BIND_ADD_ADDR_IMM_SCALED): no segment and offset were set before it' \
    @"$weak_binds":1=0xbf
damage 'a weak bind that has become a strong definition' 1 "weak bind opcodes: a strong definition of _weak_number, there was none" \
    @"$weak_binds":1=0x48
damage 'the ordinal of a lazy bind' 1 \
    "lazy bind opcodes: at $(in_data 0): $lazy_print 2 by the opcodes at byte 0x0, was $lazy_print 3 by the opcodes at byte 0x0" \
    @$((lazy_binds + 2)):1=0x12

cp "$good" copy
poke_all copy @$((rebases + 15)):1=7
run "$VAFIT" verify copy --against "$original"
expect 'padding after the end of rebases, which means nothing' 0 'copy: well formed, and means the same'

damage 'the rebase opcodes 8 bytes shorter' 1 "$(
    for offset in 0 16 24; do
        echo "rebase opcodes: at $(in_data $offset): there is none, was points to $(target $offset)"
    done
)" LC_DYLD_INFO_ONLY+12:4=-8
# Of lazy binds the type goes without saying, of others not; and an end in between ends no lazy binds.
damage 'two parts that change places' 1 "$(
    echo 'bind opcodes byte 0x14 (BIND_OPCODE_DO_BIND): type 0 is none of pointers'
    echo "lazy bind opcodes: at $(in_constant 8): lazily $binder 3 by the opcodes at byte 0x0, there was none"
    echo "lazy bind opcodes: at $(in_constant 32): lazily binds _helper of ordinal 1 by the opcodes at byte 0x0, there was none"
    echo "lazy bind opcodes: at $(in_data 0): there is none, was $lazy_print 3 by the opcodes at byte 0x0"
    echo "lazy bind opcodes: at $(in_data 32): lazily binds _helper of ordinal 1 by the opcodes at byte 0x0, there was none"
    echo "lazy bind opcodes: at $(in_data 40): lazily binds _many of ordinal 2 by the opcodes at byte 0x0, there was none"
    echo 'lazy bind opcodes: 1 more difference'
)" LC_DYLD_INFO_ONLY+16:4="${at[LC_DYLD_INFO_ONLY.lazy_bind_off]}" \
    LC_DYLD_INFO_ONLY+20:4="${at[LC_DYLD_INFO_ONLY.lazy_bind_size]}" \
    LC_DYLD_INFO_ONLY+32:4="${at[LC_DYLD_INFO_ONLY.bind_off]}" \
    LC_DYLD_INFO_ONLY+36:4="${at[LC_DYLD_INFO_ONLY.bind_size]}"
