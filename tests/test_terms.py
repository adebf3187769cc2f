"""Words as people type them: one spelling for all, names that look like stop words."""

import pytest

from qa.folding import fold, pieces, words
from qa.terms import capitals, found_words, question_terms, shared_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İzmir", "IZMIR"),
        ("Işıl", "isil"),
        ("Łódź", "lodz"),
        ("Cœur", "coeur"),
        ("Straße", "STRASSE"),
        ("o\ufb03ce", "OFFICE"),
        ("Ｔｏｋｙｏ", "tokyo"),
        ("O’Hara", "O'Hara"),
        ("Hawaiʻi", "Hawai’i"),
        ("the E.U.", "the EU"),
        ("J. K. Rowling", "J.K. Rowling"),
        ("12,500", "12 500"),
        ("12.500", "12500"),
        ("$3.5bn", "$3.5 billion"),
        ("40 m people", "40 million people"),
        ("7tn", "7 trillion"),
        ("қ٣", "қ3"),
        ("كِتَاب", "كتاب"),
        ("می\u200cرود", "میرود"),
        ("ﾎﾞｰﾄ", "ボート"),
        ("snake_case", "snake case"),
    ],
)
def test_spellings_of_one_word_are_the_same(one: str, other: str) -> None:
    assert words(one) == words(other)
    assert words(fold(one)) == words(one)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("192.168.1.1", ["192", "168", "1", "1"]),
        ("2016-05-03", ["2016", "05", "03"]),
        ("in 2012 300 left", ["in", "2012", "300", "left"]),
        ("1,500.25", ["1500", "25"]),
        ("I'm 5'm", ["i", "m", "5", "m"]),
        ("Plan B. A man", ["plan", "b", "a", "man"]),
        ("हिन्दी", ["हिन्दी"]),
        ("東京都は晴れ", ["東京", "京都", "都は", "は晴", "晴れ"]),
        ("雨", ["雨"]),
        ("ฝนตก", ["ฝน", "นต", "ตก"]),
        ("서울에서", ["서울", "울에", "에서"]),
    ],
)
def test_what_a_word_is(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_pieces_fold_alone_as_in_the_text() -> None:
    text = "The E.U. paid 3 500 for 東京都; ﬁve 40m, J. K. Rowe’s"
    parts = [text[start:end] for start, end in pieces(text, 0, len(text))]
    assert parts[:7] == ["The", "E.U.", "paid", "3 500", "for", "東京", "京都"]
    assert [word for part in parts for word in words(part)] == words(text)


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("What did the WHO say?", ["WHO"]),
        ("what did the who say", ["what", "did", "the", "who", "say"]),
        ("WHO doctors", ["WHO", "doctors"]),
        ("Does US aid reach them?", ["US", "aid", "reach"]),
        ("did the u.s. pay", ["US", "pay"]),
        ("DID THE U.S. PAY US", ["US", "pay"]),
        ("When did Mrs. May resign?", ["mrs", "May", "resign"]),
        ("Will Gates", ["Will", "gates"]),
        ("Will Norway join?", ["norway", "join"]),
        ("Is it so? What did Oslo decide", ["oslo", "decide"]),
        ("What Did The Mayor Say About It?", ["mayor"]),
        ("Which vitamin D levels are low?", ["vitamin", "D", "levels", "low"]),
        ("Where am I?", ["where", "am", "i"]),
    ],
)
def test_a_stop_word_in_capitals_is_a_name(question: str, terms: list[str]) -> None:
    assert question_terms(question) == terms


def test_a_text_has_the_names_that_a_question_asks_for() -> None:
    assert capitals("May said it; US aid went to us") == ["May", "US"]
    assert {"May", "may", "US", "us"} <= found_words("May paid U.S. guards.")
    assert "US" not in found_words("They told us.")


def test_shared_words_are_those_of_the_question_however_they_are_spelt() -> None:
    text = "May told us that the U.N. gave 1,200 tents to İzmir and 東京都 then."
    places = shared_words("Did the UN give Mrs. May 1200 tents in Izmir or 東京都庁?", text, 0, 70)
    assert [text[start:end] for start, end in places] == [
        "May",
        "U.N.",
        "1,200",
        "tents",
        "İzmir",
        "東京都",
    ]


def test_a_mine_is_searched_for() -> None:
    assert question_terms("When did the mine collapse?") == ["mine", "collapse"]
