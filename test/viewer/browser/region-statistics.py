"""Statistics of the pixels of a DICOM file within shapes, by nothing but the Python standard library.

Reads JSON from standard input: {"file": path, "shapes": [{"kind": "polygon" | "ellipse", "points": [[x, y], ...]}]},
places in columns and rows, 0 at the centre of the first pixel; an ellipse is given by the ends of its two axes. Writes,
for each shape, the number of pixels whose centres lie within, their mean, standard deviation (of the population), minimum
and maximum after rescaling. The file is 16-bit grey in Explicit VR Little Endian.
"""
import json
import math
import statistics
import struct
import sys

LONG = {b"OB", b"OW", b"OF", b"SQ", b"UN", b"UT", b"OD", b"OL", b"UC", b"UR"}


def skip_undefined(data, at):
    """Past a sequence of undefined length: up to its delimiter at the same depth."""
    depth = 1
    while depth:
        group, element, length = struct.unpack_from("<HHI", data, at)
        if group == 0xFFFE:
            at += 8
            if element == 0xE0DD:
                depth -= 1
            elif element == 0xE000 and length != 0xFFFFFFFF:
                at += length
        else:
            vr = data[at + 4 : at + 6]
            if vr in LONG:
                (length,) = struct.unpack_from("<I", data, at + 8)
                at += 12
                if length == 0xFFFFFFFF:
                    depth += 1
                    continue
            else:
                (length,) = struct.unpack_from("<H", data, at + 6)
                at += 8
            at += length
    return at


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    found, at = {}, 132
    while at < len(data):
        group, element = struct.unpack_from("<HH", data, at)
        vr = data[at + 4 : at + 6]
        if vr in LONG:
            (length,) = struct.unpack_from("<I", data, at + 8)
            at += 12
        else:
            (length,) = struct.unpack_from("<H", data, at + 6)
            at += 8
        if length == 0xFFFFFFFF:
            at = skip_undefined(data, at)
            continue
        found[(group, element)] = data[at : at + length]
        at += length
    return found


def within_polygon(x, y, points):
    """Sum of the angles under which the edges are seen: a whole turn inside, nothing outside."""
    turn = 0.0
    for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1]):
        ax, ay, bx, by = ax - x, ay - y, bx - x, by - y
        turn += math.atan2(ax * by - ay * bx, ax * bx + ay * by)
    return abs(turn) > math.pi


def within_ellipse(x, y, ends):
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = ends
    mx, my = (ax + bx) / 2, (ay + by) / 2
    a, b = math.hypot(bx - ax, by - ay) / 2, math.hypot(dx - cx, dy - cy) / 2
    along = ((x - mx) * (bx - ax) + (y - my) * (by - ay)) / (2 * a)
    across = ((x - mx) * (dx - cx) + (y - my) * (dy - cy)) / (2 * b)
    return (along / a) ** 2 + (across / b) ** 2 <= 1


def main():
    request = json.load(sys.stdin)
    elements = read(request["file"])
    (rows,) = struct.unpack("<H", elements[(0x28, 0x10)])
    (columns,) = struct.unpack("<H", elements[(0x28, 0x11)])
    (signed,) = struct.unpack("<H", elements[(0x28, 0x103)])
    slope, intercept = (float(elements[(0x28, tag)].decode().strip()) for tag in (0x1053, 0x1052))
    stored = struct.unpack("<%d%s" % (rows * columns, "h" if signed else "H"), elements[(0x7FE0, 0x10)][: rows * columns * 2])
    answers = []
    for shape in request["shapes"]:
        points = [tuple(point) for point in shape["points"]]
        test = within_ellipse if shape["kind"] == "ellipse" else within_polygon
        size = max(math.dist(a, b) for a in points for b in points)
        # An ellipse reaches beyond the ends of its axes, a polygon not beyond its corners.
        beyond = size if shape["kind"] == "ellipse" else 2
        left, top = (min(point[axis] for point in points) - beyond for axis in (0, 1))
        right, bottom = (max(point[axis] for point in points) + beyond for axis in (0, 1))
        values = [
            stored[y * columns + x] * slope + intercept
            for y in range(max(0, int(top)), min(rows, int(bottom) + 1))
            for x in range(max(0, int(left)), min(columns, int(right) + 1))
            if test(x, y, points)
        ]
        answers.append(
            {
                "pixelCount": len(values),
                "mean": statistics.fmean(values),
                "standardDeviation": statistics.pstdev(values),
                "minimum": min(values),
                "maximum": max(values),
            }
        )
    json.dump(answers, sys.stdout)


main()
