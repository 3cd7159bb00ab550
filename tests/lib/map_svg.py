"""Reads what `vafit map` writes as SVG.

    map_svg.py images FILE          "ADDRESS SIZE NAME" of each image, by address
    map_svg.py scale FILE           says what is not where its address puts it; nothing when all is
    map_svg.py texts FILE           the texts of the picture
    map_svg.py blocked FILE         how many of malloc's places the lowest lane shows as blocked, of PLACES

The numbers of the layout are those that docs/map.md promises: pictures are 1000 pixels wide, two of them 1360; a row's
bar begins 96 pixels from the left, or 776, and ends at 980, or 660 and 1340.
"""
import re
import sys
import xml.etree.ElementTree as xml

SVG = "{http://www.w3.org/2000/svg}"
UNITS = {"GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10}


def shapes(root, tag, look):
    return [shape for shape in root.iter(SVG + tag) if look in shape.get("class", "").split()]


def number(shape, name):
    return float(shape.get(name, "0"))


def images(root):
    """Of each map: (address, size, name, rectangles) of its images."""
    maps = []
    for group in root.iter(SVG + "g"):
        if group.get("class") == "images":
            maps.append([])
        elif group.get("class") == "image":
            title = group.find(SVG + "title").text
            maps[-1].append((int(group.get("data-address"), 16), int(group.get("data-size")), title.split(", ")[0],
                             group.findall(SVG + "rect")))
    return maps


def texts(root):
    return [text.text for text in root.iter(SVG + "text")]


def row_size(root):
    for text in texts(root):
        found = re.search(r"a row is ([\d.]+) (\w+),", text)
        if found:
            return int(float(found[1]) * UNITS[found[2]])


def scale(root):
    maps, size = images(root), row_size(root)
    tolerance = 0.02
    for which, found in enumerate(maps):
        left, right = (96, 980) if len(maps) == 1 else ((96, 660), (776, 1340))[which]
        pixels = (right - left) / size
        rows = {}
        for address, length, name, rectangles in found:
            at = left + address % size * pixels
            if abs(number(rectangles[0], "x") - at) > tolerance:
                yield "%s at 0x%x begins at %s, not %.2f" % (name, address, rectangles[0].get("x"), at)
            width = sum(number(rectangle, "width") for rectangle in rectangles)
            if length * pixels > 20 and abs(width - length * pixels) > 2 + tolerance * len(rectangles):
                yield "%s is %.2f wide, not %.2f" % (name, width, length * pixels)
            rows.setdefault(address // size, set()).add(number(rectangles[0], "y"))
        places = [rows[row] for row in sorted(rows)]
        if any(len(place) != 1 for place in places) or sorted(places, key=min) != places:
            yield "the rows are not in the order of addresses"
    if sum(map(len, maps)) == 0:
        yield "there are no images"


def blocked(root, places):
    """Of the lane that is as wide as the picture and has all places."""
    lanes = [lane for lane in shapes(root, "rect", "place") if number(lane, "width") > 600 and number(lane, "height") == 14]
    for lane in lanes:
        left, width = number(lane, "x"), number(lane, "width")
        hits = [hit for hit in shapes(root, "rect", "hit") if hit.get("y") == lane.get("y") and
                left - 0.01 <= number(hit, "x") < left + width]
        yield round(sum(number(hit, "width") for hit in hits) / width * places, 1)


def main(command, path, places="736"):
    root = xml.parse(path).getroot()
    if command == "images":
        for found in images(root):
            for address, size, name, _ in found:
                print("0x%x %d %s" % (address, size, name))
    elif command == "scale":
        for line in scale(root):
            print(line)
    elif command == "texts":
        print("\n".join(texts(root)))
    else:
        for count in blocked(root, int(places)):
            print("%g" % count)


if __name__ == "__main__":
    main(*sys.argv[1:])
