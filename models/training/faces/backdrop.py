"""Painted, strongly blurred rooms to stand behind the presenter."""
import numpy as np

# Per room: wall colour, then soft rectangles (x0, x1, y0, y1, colour) in picture units with y up. Linear RGB.
ROOMS = (
    ((.20, .24, .28), ((.00, .27, .30, 1.0, (.60, .66, .72)), (.33, .37, .0, 1.0, (.14, .16, .18)), (.72, 1.0, .15, .88, (.34, .27, .21)),
                       (.76, .97, .52, .57, (.55, .44, .32)), (.0, 1.0, .0, .10, (.12, .12, .13)), (.03, .16, .06, .32, (.14, .24, .17)))),
    ((.23, .22, .21), ((.70, 1.0, .35, 1.0, (.66, .62, .54)), (.62, .66, .0, 1.0, (.12, .11, .11)), (.0, .30, .10, .80, (.20, .23, .27)),
                       (.02, .27, .45, .50, (.42, .40, .38)), (.0, 1.0, .0, .12, (.10, .10, .11)), (.84, .97, .08, .34, (.13, .21, .15)))),
    ((.30, .32, .33), ((.0, 1.0, .62, 1.0, (.52, .56, .58)), (.05, .25, .1, .7, (.26, .2, .16)), (.78, .95, .2, .9, (.16, .22, .30)))),
    ((.16, .19, .22), ((.1, .35, .4, 1.0, (.50, .47, .40)), (.6, .95, .5, .95, (.30, .36, .42)), (.0, 1.0, .0, .2, (.09, .09, .1)))),
)


def blur(picture, radius):
    grid = np.arange(-3 * radius, 3 * radius + 1)
    kernel = np.exp(-.5 * (grid / radius) ** 2)
    kernel /= kernel.sum()
    pad = 3 * radius
    for axis in (0, 1):
        wide = np.pad(picture, [(pad, pad) if a == axis else (0, 0) for a in range(3)], "edge")
        picture = sum(k * np.take(wide, range(i, i + picture.shape[axis]), axis) for i, k in enumerate(kernel))
    return picture


def room(number, size=256):
    """Returns [size, size, 3] sRGB in 0..1, first row at the bottom; not bytes, whose steps would all fall between the same pixels when enlarged."""
    wall, boxes = ROOMS[number]
    y, x = np.mgrid[0:size, 0:size] / size
    picture = np.ones((size, size, 3)) * np.array(wall) * (.8 + .4 * y)[..., None]
    for x0, x1, y0, y1, colour in boxes:
        picture[(x > x0) & (x < x1) & (y > y0) & (y < y1)] = colour
    picture = blur(picture, size // 18)
    random = np.random.RandomState(7 + number)
    for _ in range(8):
        cx, cy, r = random.rand(), .5 + .45 * random.rand(), .018 + .02 * random.rand()
        disc = 1 / (1 + np.exp((np.hypot(x - cx, y - cy) - r) * 260))
        picture += disc[..., None] * np.array([.16, .13, .09]) * random.uniform(.4, 1)
    return (np.clip(blur(picture, 2), 0, 1) ** (1 / 2.2)).astype(np.float16)
