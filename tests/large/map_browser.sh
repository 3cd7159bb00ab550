# What map writes, in a real browser: keyboard, hover, search, dark, paper, and what an accessibility checker finds.
. "$(dirname "$0")/../lib/story.sh"
. "$TESTS/lib/npm.sh"

chromium=$(command -v chromium) || { skip 'a browser' 'there is no chromium'; exit; }
axe=$(npm_package axe-core) || { skip 'an accessibility checker' 'npm has no axe-core'; exit; }
"$MAKE_MACHO" component --shape simple --out build --density 1 >/dev/null
"$MAKE_MACHO" image --out 'a"><b>.dylib' --type dylib --id '@rpath/a"><b>.dylib' --text 3000000
"$MAKE_MACHO" image --out small --text 65536 --rpath @loader_path --load '@rpath/a"><b>.dylib'
python3 "$TESTS/lib/crash_report.py" ips malloc >report.ips
for page in 'map.html build/browser_tests' 'map.svg build/browser_tests' 'both.html small --against report.ips' \
    'hostile.html small'; do
    read -r name arguments <<<"$page"
    run "$VAFIT" map $arguments -o "$name"
    expect "$name" 0 '' ''
done
PYTHONDONTWRITEBYTECODE=1 timeout 600 python3 "$TESTS/lib/map_browser.py" "$chromium" "$axe/axe.min.js" 2>.err ||
    fail 'the browser' <.err
