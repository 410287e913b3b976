"""Two drawn people, frame by frame: a face that speaks, blinks and breathes, in a room with light in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 640, 360
_SCALE = 2
Color = tuple[int, int, int]


@dataclass(frozen=True)
class Person:
    """How somebody looks, and where they sit."""

    name: str
    skin: Color
    hair: Color
    shirt: Color
    eyes: Color
    wall: tuple[Color, Color]
    lamp: tuple[float, float]
    """Where the light comes from, as parts of the picture."""
    center: float
    """Where the head is, as part of the width."""
    size: float
    long_hair: bool


MARA = Person(
    "MARA",
    (232, 190, 165),
    (62, 38, 32),
    (48, 92, 104),
    (74, 104, 84),
    ((44, 52, 66), (112, 96, 88)),
    (0.14, 0.2),
    0.56,
    1.0,
    True,
)
TOM = Person(
    "TOM",
    (206, 158, 128),
    (40, 34, 34),
    (126, 74, 58),
    (92, 70, 52),
    ((58, 50, 52), (72, 92, 104)),
    (0.88, 0.16),
    0.44,
    1.04,
    False,
)


def draw(person: Person, *, seconds: float, mouth: float, caption: tuple[str, str]) -> Image.Image:
    """One picture, 640x360: `mouth` from 0 (closed) to 1 (wide open); `caption` stands at the lower left and right."""
    picture = _room(person).copy()
    sway = math.sin(seconds * 0.9) * 5 + math.sin(seconds * 2.3 + 1) * 2
    nod = math.sin(seconds * 1.3 + 0.6) * 3 + mouth * 2
    x = person.center * WIDTH * _SCALE + sway * _SCALE
    y = 0.44 * HEIGHT * _SCALE + nod * _SCALE
    unit = 78 * person.size * _SCALE
    _body(picture, person, x, y, unit, seconds)
    _head(picture, person, x, y, unit)
    _features(picture, person, x, y, unit, seconds, mouth)
    small = picture.reduce(_SCALE)
    _captions(small, caption)
    return small


@lru_cache(maxsize=4)
def _room(person: Person) -> Image.Image:
    """The wall, a soft lamp and the edge of a window, out of focus."""
    size = (WIDTH * _SCALE, HEIGHT * _SCALE)
    left, right = person.wall
    across = Image.linear_gradient("L").rotate(90).resize(size)
    wall = Image.composite(Image.new("RGB", size, right), Image.new("RGB", size, left), across)
    glow = Image.new("L", size)
    lamp_x, lamp_y = person.lamp[0] * size[0], person.lamp[1] * size[1]
    ImageDraw.Draw(glow).ellipse(_box(lamp_x, lamp_y, 150 * _SCALE, 130 * _SCALE), fill=170)
    glow = glow.filter(ImageFilter.GaussianBlur(70 * _SCALE))
    wall.paste(Image.new("RGB", size, (255, 226, 178)), mask=glow)
    furniture = ImageDraw.Draw(wall)
    shelf = 0.62 if person.lamp[0] < 0.5 else 0.06
    for row, shade in ((0.12, 0.8), (0.34, 0.74), (0.56, 0.7)):
        top = row * size[1]
        box = (shelf * size[0], top, (shelf + 0.32) * size[0], top + 12 * _SCALE)
        furniture.rectangle(box, fill=_shade(right if shelf > 0.5 else left, shade))
        for book in range(7):
            edge = (shelf + 0.015 + book * 0.041) * size[0]
            tall = (26 + 9 * ((book * 7 + int(row * 50)) % 4)) * _SCALE
            color = _shade(
                [(150, 90, 70), (90, 110, 120), (160, 140, 100), (80, 90, 80)][(book + int(row * 10)) % 4], 0.75
            )
            furniture.rectangle((edge, top - tall, edge + 17 * _SCALE, top), fill=color)
    return wall.filter(ImageFilter.GaussianBlur(7 * _SCALE))


def _body(picture: Image.Image, person: Person, x: float, y: float, unit: float, seconds: float) -> None:
    pen = ImageDraw.Draw(picture)
    breath = math.sin(seconds * 1.7) * 2 * _SCALE
    if person.long_hair:
        pen.ellipse(_box(x, y - 0.2 * unit, 1.05 * unit, 1.08 * unit), fill=_shade(person.hair, 0.85))
        pen.rounded_rectangle(
            (x - 1.0 * unit, y - 0.5 * unit, x + 1.0 * unit, y + 1.55 * unit),
            radius=int(0.5 * unit),
            fill=_shade(person.hair, 0.85),
        )
    shoulders = y + 1.62 * unit + breath
    pen.ellipse((x - 2.0 * unit, shoulders, x + 2.0 * unit, shoulders + 3.4 * unit), fill=person.shirt)
    pen.rounded_rectangle(
        (x - 0.36 * unit, y + 0.6 * unit, x + 0.36 * unit, y + 1.95 * unit),
        radius=int(0.3 * unit),
        fill=_shade(person.skin, 0.82),
    )
    pen.polygon(
        [
            (x - 0.62 * unit, shoulders + 0.02 * unit),
            (x, shoulders + 0.85 * unit),
            (x + 0.62 * unit, shoulders + 0.02 * unit),
            (x, shoulders + 0.42 * unit),
        ],
        fill=_shade(person.shirt, 1.25),
    )


def _head(picture: Image.Image, person: Person, x: float, y: float, unit: float) -> None:
    """The head with its shaded side, and hair."""
    pen = ImageDraw.Draw(picture)
    for side in (-1, 1):
        pen.ellipse(
            _box(x + side * 0.86 * unit, y + 0.12 * unit, 0.14 * unit, 0.24 * unit), fill=_shade(person.skin, 0.9)
        )
    # Only where the head is: the rest of the picture would cost most of the time.
    left, top = int(x - unit), int(y - 1.2 * unit)
    size = (int(2 * unit), int(2.5 * unit))
    mask = Image.new("L", size)
    shape = ImageDraw.Draw(mask)
    shape.ellipse(_box(x - left, y - top - 0.1 * unit, 0.88 * unit, 0.98 * unit), fill=255)
    shape.ellipse(_box(x - left, y - top + 0.42 * unit, 0.68 * unit, 0.76 * unit), fill=255)
    picture.paste(person.skin, (left, top), mask)
    lit = -1 if person.lamp[0] < 0.5 else 1
    shadow = Image.new("L", size)
    dark = x - left - lit * 0.95 * unit
    ImageDraw.Draw(shadow).ellipse(_box(dark, y - top + 0.3 * unit, 0.6 * unit, 1.3 * unit), fill=120)
    shadow = ImageChops.multiply(shadow.filter(ImageFilter.BoxBlur(0.22 * unit)), mask)
    picture.paste(_shade(person.skin, 0.68), (left, top), shadow)
    _hair(pen, person, x, y, unit)


def _hair(pen: ImageDraw.ImageDraw, person: Person, x: float, y: float, unit: float) -> None:
    if person.long_hair:
        outline = [
            (0, -1.1),
            (0.42, -0.86),
            (0.74, -0.42),
            (0.84, 0.1),
            (0.8, 0.7),
            (1.02, 0.72),
            (1.06, -0.2),
            (0.86, -0.9),
            (0.4, -1.24),
            (0, -1.28),
        ]
        for side, tint in ((-1, 1.0), (1, 1.22)):
            pen.polygon(
                [(x + side * across * unit, y + down * unit) for across, down in outline],
                fill=_shade(person.hair, tint),
            )
        return
    pen.chord(_box(x, y - 0.32 * unit, 0.93 * unit, 0.86 * unit), 190, 350, fill=person.hair)
    pen.ellipse(_box(x + 0.12 * unit, y - 0.94 * unit, 0.66 * unit, 0.24 * unit), fill=_shade(person.hair, 1.2))


def _features(
    picture: Image.Image, person: Person, x: float, y: float, unit: float, seconds: float, mouth: float
) -> None:
    pen = ImageDraw.Draw(picture)
    blink = _blink(seconds)
    look = math.sin(seconds * 0.7) * 0.045 * unit
    for side in (-1, 1):
        _eye(pen, person, x + side * 0.36 * unit, y + 0.02 * unit, unit, look, blink)
        brow = y - 0.24 * unit - mouth * 0.03 * unit
        points = [
            (x + side * (0.18 + 0.1 * i) * unit, brow - 0.06 * unit * math.sin(math.pi * (i + 0.6) / 4.2))
            for i in range(5)
        ]
        pen.line(points, fill=_shade(person.hair, 1.1), width=int(0.065 * unit), joint="curve")
    pen.line(
        [(x - 0.02 * unit, y + 0.1 * unit), (x + 0.1 * unit, y + 0.4 * unit), (x - 0.04 * unit, y + 0.44 * unit)],
        fill=_shade(person.skin, 0.76),
        width=int(0.045 * unit),
        joint="curve",
    )
    _mouth(pen, person, x, y + 0.7 * unit, unit, mouth)


def _eye(pen: ImageDraw.ImageDraw, person: Person, x: float, y: float, unit: float, look: float, blink: float) -> None:
    tall = 0.115 * unit * (1 - blink)
    if tall < 0.03 * unit:
        pen.line(
            [(x - 0.17 * unit, y), (x, y + 0.03 * unit), (x + 0.17 * unit, y)],
            fill=_shade(person.skin, 0.55),
            width=int(0.04 * unit),
            joint="curve",
        )
        return
    pen.ellipse(_box(x, y, 0.18 * unit, tall), fill=(246, 242, 236))
    iris = min(0.105 * unit, tall)
    pen.ellipse(_box(x + look, y, iris, iris), fill=person.eyes)
    pen.ellipse(_box(x + look, y, iris * 0.5, iris * 0.5), fill=(20, 18, 20))
    pen.ellipse(_box(x + look - 0.03 * unit, y - 0.03 * unit, 0.022 * unit, 0.022 * unit), fill=(255, 255, 255))
    pen.arc(
        _box(x, y, 0.19 * unit, tall + 0.015 * unit), 188, 352, fill=_shade(person.skin, 0.4), width=int(0.035 * unit)
    )


def _mouth(pen: ImageDraw.ImageDraw, person: Person, x: float, y: float, unit: float, mouth: float) -> None:
    wide = (0.3 - 0.06 * mouth) * unit
    tall = (0.035 + 0.17 * mouth) * unit
    lips = (178, 92, 88) if person.long_hair else _shade(person.skin, 0.66)
    middle = y + tall * 0.4
    pen.ellipse(_box(x, middle, wide, tall + 0.05 * unit), fill=lips)
    if mouth > 0.08:
        pen.ellipse(_box(x, middle, wide * 0.86, tall), fill=(70, 26, 30))
        teeth = min(tall * 0.5, 0.07 * unit)
        pen.chord(_box(x, middle, wide * 0.82, tall * 0.94), 205, 335, fill=(244, 240, 234))
        pen.ellipse(_box(x, middle + tall * 0.62, wide * 0.5, max(teeth, 1) * 0.7), fill=(186, 90, 92))
    else:
        pen.line(
            [
                (x - wide, middle),
                (x - wide * 0.4, middle + 0.02 * unit),
                (x + wide * 0.4, middle + 0.02 * unit),
                (x + wide, middle),
            ],
            fill=_shade(lips, 0.6),
            width=int(0.03 * unit),
            joint="curve",
        )


def _blink(seconds: float) -> float:
    """How far the eyes are shut, 0 to 1: for a sixth of a second, every three."""
    since = (seconds + 0.9) % 3.1
    return max(0.0, 1 - abs(since - 0.09) / 0.09) if since < 0.18 else 0.0


def _captions(picture: Image.Image, caption: tuple[str, str]) -> None:
    """Burned in like a camera original's data: left and right, on a dark strip."""
    strip = Image.new("L", (WIDTH, 26), 150)
    picture.paste((10, 11, 14), (0, HEIGHT - 26), strip)
    pen = ImageDraw.Draw(picture)
    font = _font(15)
    pen.text((12, HEIGHT - 22), caption[0], font=font, fill=(226, 226, 222))
    pen.text((WIDTH - 12, HEIGHT - 22), caption[1], font=font, fill=(255, 214, 140), anchor="ra")


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _box(x: float, y: float, half_width: float, half_height: float) -> tuple[float, float, float, float]:
    return (x - half_width, y - half_height, x + half_width, y + half_height)


def _shade(color: Color, factor: float) -> Color:
    red, green, blue = (min(255, int(part * factor)) for part in color)
    return (red, green, blue)
