"""Elements of a page: their text is escaped when they are written and made visible before."""

from xml.etree.ElementTree import Element

from kure_hooks.reports import wording
from kure_hooks.safe_text import visible

# A text without line feeds, such as a certificate or a dashboard, is cut after so many characters.
LONGEST = 2_000

_INLINE = frozenset(("a", "b", "button", "code", "input", "label", "mark", "output", "span"))


def element(tag: str, *content: str | Element, **attributes: str) -> Element:
    """Return an element that holds texts and elements.

    An underscore stands for a hyphen in the name of an attribute, one at the end for nothing.
    """
    names = {name.rstrip("_").replace("_", "-"): visible(text) for name, text in attributes.items()}
    made = Element(tag, names)
    last: Element | None = None
    for each in content:
        if isinstance(each, Element):
            made.append(last := each)
        elif last is None:
            made.text = (made.text or "") + visible(each)
        else:
            last.tail = (last.tail or "") + visible(each)
    if tag not in _INLINE:
        made.tail = "\n"  # short lines are kinder to those who compare or read the source
    return made


def code(text: str) -> str:
    """Return a line of a file as it is shown: cut when it is very long, its tabs visible."""
    shown = text[:LONGEST].replace("\t", "\N{RIGHTWARDS ARROW TO BAR}   ")
    if len(text) > LONGEST:
        return f"{shown}... ({len(text) - LONGEST} more characters)"
    return shown


def scrolling(label: str, content: Element) -> Element:
    """Return a region of its own for what may be wider than the page; the keyboard reaches it."""
    return element(
        "div", content, class_="scrolling", role="region", aria_label=label, tabindex="0"
    )


def left_out(number: int, noun: str) -> Element:
    """Return the sentence that says how many rows, fields or such the page doesn't show."""
    return element("span", f"{wording.count(number, f'more {noun}')} left out.", class_="left-out")
