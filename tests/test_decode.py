"""The bytes of a file give its text, or the reason why there is none."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.text.decode import Unreadable, decode

TEXT = "La kétamine\r\nagit : « œil », 5 €\n"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT.encode("utf-8"), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode("utf-8"), "utf-8"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32"),
        (codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"), "utf-32"),
        (TEXT.encode("cp1252"), "windows-1252"),
    ],
)
def test_the_text_is_the_same_whatever_the_encoding(raw: bytes, encoding: str) -> None:
    """Its first character has the offset 0, after a byte order mark too."""
    assert decode(raw) == (TEXT, encoding)


@pytest.mark.parametrize(
    "text", ["e\u0301", "\u00e9", "a\r\nb\rc\n", "\u200fabc", "x\u2028y", "a\u00adb", "😀"]
)
def test_newlines_and_unicode_forms_stay(text: str) -> None:
    assert decode(text.encode()) == (text, "utf-8")


PAGE = '<html><head><meta charset="{}"></head><p>œil, 5 €, é</p>'


@pytest.mark.parametrize(
    ("declared", "codec", "encoding"),
    [
        ("ISO-8859-15", "iso-8859-15", "iso-8859-15"),
        ("iso-8859-1", "cp1252", "windows-1252"),  # as browsers read it
        ("utf-8", "cp1252", "windows-1252"),  # a page that lies
        ("koi7", "cp1252", "windows-1252"),
    ],
)
def test_a_page_says_how_it_is_encoded(declared: str, codec: str, encoding: str) -> None:
    page = PAGE.format(declared)
    assert decode(page.encode(codec)) == (page, encoding)


def test_a_declaration_counts_only_where_declarations_stand() -> None:
    text = f"{'é' * 5000}<meta charset=iso-8859-15>"
    assert decode(text.encode("cp1252")) == (text, "windows-1252")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
def test_any_text_in_utf8_comes_back(text: str) -> None:
    if not text.strip() or text.startswith("\ufeff"):
        return
    assert decode(text.encode()) == decode(codecs.BOM_UTF8 + text.encode()) == (text, "utf-8")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t ", "empty"),
        ("\u00a0\u2003".encode(), "empty"),
        (codecs.BOM_UTF8, "empty"),
        (codecs.BOM_UTF16_LE, "empty"),
        (b"PK\x03\x04\x00\x00ab", "binary"),
        (b"\x01\x02\x03 abc", "binary"),
        ("texte".encode("utf-16-le"), "binary"),
        (b"k\xe9ta \x81\x8d\x9d", "undecodable"),
        (b"%PDF-1.4\nLa k\xe9tamine", "binary"),
        (codecs.BOM_UTF8 + b"k\xe9ta", "undecodable"),
        (codecs.BOM_UTF16_LE + b"abc", "undecodable"),
    ],
)
def test_a_reason_for_bytes_that_are_no_text(raw: bytes, reason: str) -> None:
    read = decode(raw)
    assert isinstance(read, Unreadable)
    assert read.reason == reason
    assert read.detail
    assert "\n" not in read.detail


@given(st.binary(max_size=200))
def test_no_bytes_are_an_error(raw: bytes) -> None:
    read = decode(raw)
    assert isinstance(read, Unreadable) or read[0].strip()


def test_a_wrong_byte_in_utf_8_is_replaced() -> None:
    text = "La kétamine entraîne des vertiges répétés, très gênants, à dose élevée, même chez l'habitué. " * 3
    assert decode(text.encode() + "é".encode()[:1]) == (f"{text}\ufffd", "utf-8")
    assert decode("La kétamine".encode("cp1252")) == ("La kétamine", "windows-1252")
