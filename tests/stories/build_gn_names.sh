# GN: what its actions run takes files of any name, and a command that it says can be pasted.
# Labels: quick
. "$(dirname "$0")/../lib/story.sh"
export PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1

# A vafit by which programs do not fit, and by another plan would.
cat >vafit <<'END_OF_VAFIT'
#!/bin/sh
printf '%s\n' "$@" >said
for each; do
    case $each in
    --output=*) echo '{"verdict": "exceeds", "programs": []}' >"${each#--output=}" ;;
    --plan=*) echo new >"${each#--plan=}" ;;
    --out-dir=*) mkdir -p "${each#--out-dir=}" && : >"${each#--out-dir=}/$(printf 'no\377')" ;;
    esac
done
END_OF_VAFIT
chmod +x vafit
mkdir -p "a build's out" src
echo old >"src/the plan; echo lost"
# Other characters than a newline end no line: CR, VT, NEL and LINE SEPARATOR.
printf 'one\xff\ntwo words\nthree\r\v\xc2\x85\xe2\x80\xa8end\n' >programs
action() {
    run python3 "$TESTS/../gn/vafit.py" "$@"
}
action check --label=//x --kind=vafit_fix_group --vafit=vafit --list=programs --report="a build's out/x.check.json" --depfile=d \
    --verdict=v --plan="src/the plan; echo lost" --new-plan="a build's out/x.plan.json" --
expect_true 'does not fit' test $status = 1
sed -n 's/.* make them fit: //p' .err >command
sh command >printed
expect_true 'the command can be pasted' test "$(cat "src/the plan; echo lost")$(cat printed)" = new
sed -n '2,4p' said >given
expect_same 'a list of programs is read as it was written' programs given

action fix --label=//x --kind=vafit_fix --vafit=vafit --executable=one --report=x.fix.json --depfile=d --folder=copy --files=list --
expect 'a copy with such a name' 0 '' ''
expect_same 'is listed' <(printf 'copy/no\377\n') list
