"""Messages of protocol buffers: their fields, as bytes."""

from collections.abc import Iterator

_LENGTH, _SHIFT, _MORE, _LOW = 2, 7, 0x80, 0x7F


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield each field of a message: its number with an integer, or with bytes."""
    place = 0
    while place < len(data):
        tag, place = varint(data, place)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            value, place = varint(data, place)
            yield number, value
        else:
            if kind == _LENGTH:
                size, place = varint(data, place)
            else:
                size = 8 if kind == 1 else 4
            yield number, data[place : place + size]
            place += size


def varint(data: bytes, place: int) -> tuple[int, int]:
    """Return the integer that begins at a place, and the place behind it."""
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & _LOW) << shift
        if byte < _MORE:
            return value, place
        shift += _SHIFT


def named(data: bytes) -> dict[int, bytes]:
    """Return the fields that are bytes by number."""
    return {number: value for number, value in fields(data) if isinstance(value, bytes)}


def every(data: bytes, number: int) -> list[bytes]:
    """Return the values of a repeated field of bytes."""
    return [value for key, value in fields(data) if key == number and isinstance(value, bytes)]


def first(data: bytes, number: int) -> bytes:
    """Return the value of a field of bytes, empty where there is none."""
    return named(data).get(number, b"")


def flag(data: bytes, number: int) -> bool:
    """Tell whether a field is true."""
    return any(key == number and value == 1 for key, value in fields(data))


def number(value: int) -> bytes:
    """Return the bytes of an integer that is not negative."""
    out = bytearray()
    while value >= _MORE:
        out.append(value & _LOW | _MORE)
        value >>= _SHIFT
    out.append(value)
    return bytes(out)


def field(key: int, value: int | bytes) -> bytes:
    """Return the bytes of a field."""
    if isinstance(value, int):
        return number(key << 3) + number(value)
    return number(key << 3 | _LENGTH) + number(len(value)) + value
