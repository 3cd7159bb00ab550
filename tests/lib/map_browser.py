"""map_browser.py CHROMIUM AXE: what `vafit map` wrote here, in a real browser, as lines of TAP. AXE is axe-core's script."""
import base64
import sys

from browser import Browser

OVERLAPS = """(() => {
    const texts = Array.from(document.querySelectorAll('svg.map text')).map(text => [text.textContent, text.getBBox(), text.closest('svg')]);
    const found = [];
    texts.forEach(([one, a, in_a], i) => {
        const view = in_a.viewBox.baseVal;
        if (a.x < -0.5 || a.x + a.width > view.width + 0.5) found.push(one + ' is cut');
        texts.slice(0, i).forEach(([other, b, in_b]) => {
            if (in_a === in_b && a.x < b.x + b.width - 0.5 && b.x < a.x + a.width - 0.5 && a.y + 3 < b.y + b.height - 3 &&
                b.y + 3 < a.y + a.height - 3) found.push(one + ' / ' + other);
        });
    });
    return found.join('; ');
})()"""
ACTIVE = "document.activeElement.getAttribute('role') + ' ' + (document.activeElement.dataset.name || document.activeElement.id)"


def expect(name, wanted, found):
    print("%s - map_browser: %s" % ("ok" if wanted == found else "not ok", name))
    if wanted != found:
        print("#   expected %r\n#   found    %r" % (wanted, found))


def quiet(browser, name):
    """Nothing is loaded but the page itself, and nothing is wrong with it."""
    expect(name + ": it loads nothing else", 1, len(browser.named("Network.requestWillBeSent")))
    expect(name + ": no errors", [], browser.named("Runtime.exceptionThrown") + browser.named("Log.entryAdded"))


def accessible(browser, axe, name):
    for scheme in "light", "dark":
        browser.media(scheme=scheme)
        browser.value(axe + ";0")
        found, looked = browser.value(
            "axe.run(document).then(r => [r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => "
            "n.html.slice(0, 120) + ' ' + n.failureSummary).join(' | ')).join('\\n'), r.passes.length > 15])")
        expect("%s: axe-core finds nothing, %s" % (name, scheme), "", found)
        expect("%s: and did look, %s" % (name, scheme), True, looked)
    browser.media()


def moves(browser):
    here = "document.getElementById('here').textContent"
    usual = browser.value(here)
    browser.press("Tab")
    expect("the search box comes first", "null search", browser.value(ACTIVE))
    browser.press("Tab")
    expect("then the first image", "option browser_tests", browser.value(ACTIVE))
    expect("which is named", "browser_tests, 1.54 GiB at 0x105000000, of which __LINKEDIT 1.04 GiB", browser.value(here))
    first_table = "Array.from(document.querySelectorAll('tr[data-name] th')).map(cell => cell.textContent)"
    names = browser.value(first_table)
    browser.press("ArrowRight")
    expect("an arrow leads to the next by address", "option " + names[1], browser.value(ACTIVE))
    expect("it is selected, and alone", names[1], browser.value(
        "Array.from(document.querySelectorAll('[aria-selected=true]')).map(option => option.dataset.name).join()"))
    browser.press("End")
    expect("End leads to the last", "option " + names[-1], browser.value(ACTIVE))
    expect("which is past the limit", True, browser.value(here).endswith(", past the limit"))
    browser.press("ArrowRight")
    expect("where it ends", "option " + names[-1], browser.value(ACTIVE))
    browser.press("Home")
    browser.press("ArrowLeft")
    expect("Home leads to the first", "option " + names[0], browser.value(ACTIVE))
    node = browser.call("Runtime.evaluate", expression="document.activeElement")["result"]["objectId"]
    tree = browser.call("Accessibility.getPartialAXTree", objectId=node, fetchRelatives=False)["nodes"][0]
    expect("a screen reader has its role and name", ("option", "browser_tests, 1.54 GiB at 0x105000000, of which __LINKEDIT 1.04 GiB"),
           (tree["role"]["value"], tree["name"]["value"]))
    browser.press("Tab")
    expect("the next stop is the treemap", True, browser.value("document.activeElement.classList.contains('cell')"))
    browser.press("Tab")
    expect("and that was the last", True, browser.value("document.activeElement === document.body || document.activeElement === "
                                                        "document.documentElement"))
    browser.value("document.activeElement.blur(), scrollTo(0, 0)")
    box = browser.value("(() => { const box = document.querySelector('[data-name=\"libsearch_07.dylib\"] rect').getBoundingClientRect(); "
                        "return [box.x + box.width / 2, box.y + box.height / 2]; })()")
    browser.point(*box)
    expect("what is pointed at is named", True, browser.value(here).startswith("libsearch_07.dylib, 119.6 MiB at 0x"))
    box = browser.value("(() => { const box = document.querySelector('svg.map > rect.stack').getBoundingClientRect(); "
                        "return [box.x + box.width / 2, box.y + box.height / 2]; })()")
    browser.point(*box)
    expect("the system's own too", "main stack, 64.0 MiB at 0x168408000", browser.value(here))
    browser.point(2, 2)
    expect("and only as long", usual, browser.value(here))


def searches(browser):
    shown = "Array.from(document.querySelectorAll('tr[data-name]')).filter(row => row.offsetParent !== null).length"
    browser.value("document.getElementById('search').focus()")
    browser.type("LIBSEARCH_0")
    wanted = browser.value("Array.from(document.querySelectorAll('tr[data-name]')).filter(row => row.dataset.name.startsWith('libsearch_0')).length")
    expect("a search counts", "%d of 517 images" % wanted, browser.value("document.getElementById('count').textContent"))
    expect("the table has those alone", wanted, browser.value(shown))
    expect("they stand out in the picture", wanted, browser.value("document.querySelectorAll('#image-0-0').length && "
                                                                  "document.querySelectorAll('.image.found:not(.cell)').length"))
    expect("the others are dimmed", 517 - wanted, browser.value("document.querySelectorAll('.image.dim:not(.cell)').length"))
    browser.press("Enter")
    expect("Enter leads to the first", True, browser.value(ACTIVE).startswith("option libsearch_0"))
    browser.press("ArrowRight")
    expect("arrows to the next that is found", True, browser.value(ACTIVE).startswith("option libsearch_0"))
    browser.value("document.getElementById('search').focus()")
    browser.type("<b>nothing")
    expect("nothing is found", "0 of 517 images", browser.value("document.getElementById('count').textContent"))
    browser.press("Enter")
    browser.press("Escape")
    expect("Escape ends the search", 517, browser.value(shown))
    expect("and nothing is dimmed", 0, browser.value("document.querySelectorAll('.dim').length"))


def colours(browser, ground):
    browser.media()
    light = browser.value(ground)
    browser.media(scheme="dark")
    dark = browser.value(ground)
    expect("light and dark differ", ("rgb(252, 253, 254)", "rgb(17, 22, 29)"), (light, dark))
    return light


def prints(browser):
    browser.media("print", "dark")
    expect("on paper it is light", "rgb(252, 253, 254)", browser.value("getComputedStyle(document.body).backgroundColor"))
    expect("without a search box", "none", browser.value("getComputedStyle(document.querySelector('form')).display"))
    pdf = base64.b64decode(browser.call("Page.printToPDF", printBackground=True)["data"])
    expect("it prints", (b"%PDF", True), (pdf[:4], len(pdf) > 20000))
    browser.media()


def narrow(browser):
    browser.call("Emulation.setDeviceMetricsOverride", width=820, height=900, deviceScaleFactor=1, mobile=False)
    expect("a narrow window needs no scrolling to the side", True,
           browser.value("document.documentElement.scrollWidth <= window.innerWidth"))
    browser.call("Emulation.clearDeviceMetricsOverride")


def main(program, path):
    axe, browser = open(path, encoding="utf-8").read(), Browser(program)
    try:
        browser.open("map.html")
        quiet(browser, "a page")
        expect("no text lies on another", "", browser.value(OVERLAPS))
        moves(browser)
        searches(browser)
        colours(browser, "getComputedStyle(document.body).backgroundColor")
        accessible(browser, axe, "a page")
        prints(browser)
        narrow(browser)
        for name in "both", "hostile":
            browser.open(name + ".html")
            quiet(browser, name)
            expect(name + ": no text lies on another", "", browser.value(OVERLAPS))
            accessible(browser, axe, name)
        browser.open("map.svg")
        quiet(browser, "a picture")
        expect("its text does not overlap either", "", browser.value(OVERLAPS))
        colours(browser, "getComputedStyle(document.querySelector('.page')).fill")
    finally:
        browser.close()


main(*sys.argv[1:])
