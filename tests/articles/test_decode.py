"""Encodings: which one a text is in, what is said of a guess, and what is never misread."""

import pytest

from qa.articles.decode import decode, decode_file, is_wide
from qa.articles.mojibake import mend
from qa.errors import ArticleError

ENGLISH = "The mayor didn’t resign. His deputy said the council’s vote was “final and fair”."
FRENCH = (
    "Le maire de Besançon a été réélu dimanche dernier. Où irait-il, à l'âge de soixante-dix ans, "
    "s'il perdait la mairie ? La fête de la forêt est annulée, précise le conseil, et la pêche "
    "reste interdite jusqu'à février."
)
CZECH = (
    "Přístav v Ústí bude příští týden uzavřen, řekl ředitel Tomáš Novák. Lodě mají čekat u mostu, "
    "protože výše hladiny klesla. Žádná škoda prý nevznikla."
)
RUSSIAN = "Паром не ходил три дня, потому что в порту стоял лёд. Капитан сказал, что ждёт оттепели."
GREEK = "Το πλοίο έμεινε τρεις μέρες στο λιμάνι επειδή φυσούσε δυνατός άνεμος, είπε ο καπετάνιος."
JAPANESE = "港は三日間閉鎖されたと船長は話した。来週の月曜日には再び開く見込みである。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((ENGLISH, name) for name in ("cp1252", "mac-roman")),
        *((FRENCH, name) for name in ("cp1252", "iso8859-15", "cp850", "cp437", "mac-roman")),
        *((CZECH, name) for name in ("cp1250", "iso8859-2", "cp852")),
        *((RUSSIAN, name) for name in ("cp1251", "koi8-r", "cp866", "iso8859-5")),
        *((GREEK, name) for name in ("cp1253", "iso8859-7")),
        *((JAPANESE, name) for name in ("cp932", "euc_jp")),
    ],
)
def test_an_old_encoding_is_guessed_and_said(text: str, encoding: str) -> None:
    found = decode_file(text.encode(encoding))
    assert found.text == text
    assert found.guess


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((text, "utf-8") for text in (ENGLISH, CZECH, JAPANESE)),
        *((ENGLISH, name) for name in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")),
        *((text, "utf-16-le") for text in (RUSSIAN, GREEK)),
        (JAPANESE, "iso2022_jp"),
        (FRENCH, "utf-7"),
        ("Plain ASCII, nothing else.", "ascii"),
        ("1 + 2 = 3, a+b-c, C++ and A+level-students +1-555-0100.", "ascii"),
    ],
)
def test_what_is_certain_is_no_guess(text: str, encoding: str) -> None:
    assert decode_file(text.encode(encoding)) == (text, "")


def test_utf_16_without_a_mark_is_wide() -> None:
    assert is_wide(ENGLISH.encode("utf-16-le"))
    assert is_wide(ENGLISH.encode("utf-16-be")[:51])
    assert not is_wide(ENGLISH.encode())
    assert not is_wide(b"A text of one stray \0 zero byte, and nothing else that is odd in it.")
    assert not is_wide(bytes(range(256)) * 4)


def test_one_apostrophe_of_windows_in_ascii() -> None:
    assert decode(b"It wasn\x92t so.") == "It wasn’t so."


def test_a_tail_in_another_encoding_is_read_by_itself() -> None:
    head, tail = "“Zoë” said “no”.\n" * 5, "Her deputy, René Brûlé, said “yes”."
    for ends in (head, head.replace("\n", "\r\n")):
        found = decode_file(ends.encode() + tail.encode("cp1252"))
        assert found == (ends + tail, "utf-8 and cp1252")


def test_a_character_cut_in_two_does_not_spoil_the_rest() -> None:
    found = decode_file("Zoë, René and José say “yes”".encode()[:-1])
    assert found == ("Zoë, René and José say “yes\ufffd", "")


def test_a_byte_of_windows_far_behind_decides() -> None:
    text = "Où est l'été ? À Besançon, peut-être, ou à Orléans. " * 2_000 + "L’été est là."
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    "text",
    [
        "FranÃ§ois LÃ©ger wouldnâ€™t resign over the â€œaffairâ€\x9d.",
        "One line is right: Zoë.\nThe other, FranÃ§ois LÃ©ger, is not.",
    ],
)
def test_utf_8_once_read_as_cp1252_is_put_right(text: str) -> None:
    found = decode_file(text.encode())
    assert "François Léger" in found.text
    assert found.guess == "utf-8 saved as cp1252"
    assert "Zoë" not in text or "Zoë" in found.text


@pytest.mark.parametrize(
    "text",
    [
        "The program writes Ã© instead of é, and â€œ instead of “.",
        "It shows Ã© there.",
        "SÃO PAULO, BRASÍLIA E MARANHÃO",
        "Wie groß sind Â§ und ½? Österreich über alles.",
        ENGLISH,
        JAPANESE,
    ],
)
def test_what_is_not_certain_stays(text: str) -> None:
    assert mend(text) == text


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(ArticleError):
        decode(bytes(range(256)) * 20)
