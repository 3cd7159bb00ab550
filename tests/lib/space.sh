# Address space of images, and how vafit prints it.

# space FILE: its address space by llvm-otool, but for __PAGEZERO: from the lowest to the highest end, in
# pages of 16 KiB.
space() {
    llvm-otool-19 -l "$1" | awk '
        function number(text,   value, i) {
            if (substr(text, 1, 2) != "0x") return text + 0
            for (i = 3; i <= length(text); i++)
                value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
            return value
        }
        $1 == "segname" { name = $2 } $1 == "vmaddr" { start = number($2) }
        $1 == "vmsize" && name != "__PAGEZERO" {
            if (low == "" || start < low) low = start
            if (start + number($2) > high) high = start + number($2)
            name = "__PAGEZERO"
        }
        END { printf "%.0f\n", int((high - low + 16383) / 16384) * 16384 }'
}
# human BYTES: in KiB below one MiB and in MiB below one GiB, with one digit; in GiB above, with two.
human() {
    awk -v n="$1" 'BEGIN {
        if (n < 2 ^ 20) printf "%.1f KiB", n / 2 ^ 10
        else if (n < 2 ^ 30) printf "%.1f MiB", n / 2 ^ 20
        else printf "%.2f GiB", n / 2 ^ 30
    }'
}
