"""Questions of a conversation, made to stand alone: each rule's examples, then properties."""

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.conversation.followup import (
    LONGEST_QUESTION,
    MOST_ADDED,
    RULES,
    Context,
    possessive,
    stand_alone,
)
from qa.conversation.names import names_in
from qa.conversation.past import Exchange

LIBYA = Exchange(
    "Who commands NATO's Libya operation?",
    "Lieutenant-General Charles Bouchard",
    "NATO is expected to confirm this week that its Libyan campaign…",
)
SHIP = Exchange(
    "Which ship blocked the Suez Canal in 2021?",
    "Ever Given",
    "Container ship floated free in the Suez Canal",
)
VOTE = Exchange(
    "How many people voted against independence in Scotland?",
    "2,001,926",
    "Scotland has chosen to remain in the United Kingdom.",
)
CURIE = Exchange("Where was Marie Curie born?", "in Warsaw", "Marie Curie")
BEATLES = Exchange("Which album did the Beatles release in 1966?", "Revolver", "The Beatles")

EXAMPLES = [(rule.name, *example) for rule in RULES for example in rule.examples]


@pytest.mark.parametrize(("rule", "question", "before", "wanted"), EXAMPLES)
def test_the_examples_of_the_rules(
    rule: str, question: str, before: Exchange, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stand_alone(question, [before]) == wanted
    others = tuple(each for each in RULES if each.name != rule)
    monkeypatch.setattr("qa.conversation.followup.RULES", others)
    assert stand_alone(question, [before]) != wanted, "another rule does it: this one is not needed"


@pytest.mark.parametrize(
    "question",
    [
        "Who commands NATO's Libya operation?",
        "When did Bouchard say that he would leave?",
        "How many people died at Rana Plaza?",
        "When was the canal dug?",
        "What was the response?",
        "What happened after the contract of the crew had ended?",
        "What is the highest mountain of Italy?",
        "Did Angela Merkel say that she was worried?",
        "Which spacecraft flew past Pluto in 2015?",
        "When did Croatia join the euro, and did it keep its own coins?",
        "And what did the Coast Guard say?",
        "?",
        "",
        "   ",
    ],
)
@pytest.mark.parametrize("before", [LIBYA, SHIP, VOTE, CURIE, BEATLES])
def test_a_question_that_stands_alone_is_left_as_it_is(question: str, before: Exchange) -> None:
    assert stand_alone(question, [before]) == question


def test_without_a_conversation_nothing_changes() -> None:
    assert stand_alone("When did he say that?", []) == "When did he say that?"
    nothing = Exchange("", "")
    for question in ("When did he say that?", "Why?", "And in 2012?", "What happened there?"):
        assert stand_alone(question, [nothing]) == question


def test_what_is_meant_follows_the_conversation() -> None:
    semi_final = "Germany humbled Brazil in the semi-final"
    talk = [
        Exchange("How many goals did Germany score against Brazil?", "7", semi_final),
        Exchange("Who scored first?", "Thomas Müller", semi_final),
    ]
    assert stand_alone("When did he score?", talk) == "When did Thomas Müller score?"
    talk.append(Exchange("When did Thomas Müller score?", "in the 11th minute", semi_final))
    assert stand_alone("Where was he born?", talk) == "Where was Thomas Müller born?"
    talk.append(Exchange("Who trained Germany?", "Joachim Löw", semi_final))
    assert stand_alone("Where was he born?", talk) == "Where was Joachim Löw born?"


@pytest.mark.parametrize(
    "before",
    [
        Exchange("Who is the leader of Japan?", "Japan", "Premier tells of gravest hour"),
        Exchange("Which country did the wave hit?", "Japan", "Wave hits coast"),
        Exchange("Who resigned?", "NATO", "Alliance in crisis"),
        Exchange("Who was hurt?", "Japan", "Japan's premier resigns"),
        Exchange("What did the Red Cross say?", "", ""),
    ],
)
def test_he_is_no_place_and_no_body(before: Exchange) -> None:
    assert stand_alone("When did he resign?", [before]) == "When did he resign?"
    kan = Exchange("Who leads the party?", "Naoto Kan", "The party meets in the old town")
    assert stand_alone("When did he resign?", [kan, before]) == "When did Naoto Kan resign?"


def test_a_headline_is_not_a_name() -> None:
    for title in ("Macron Vows to Rebuild Notre-Dame", "New Horizons flies past Pluto", "Why?!"):
        assert not Context([Exchange("Who won?", "", title)]).is_titled
    for title in ("Marie Curie", "The Beatles", "Kingdom of Hawaii", "Hole (band)"):
        assert Context([Exchange("Who won?", "", title)]).is_titled


def test_words_put_in_are_not_read_again() -> None:
    song = Exchange("What is it called?", '"Did They Say It to Her"', "Anna Hill")
    asked = stand_alone("When did they sing it to her?", [song])
    assert asked.count("Did They Say It to Her") == 1


def test_names_are_found_where_they_stand() -> None:
    text = 'On Monday Luis Urzúa of Chile\'s San José mine read "Ode to Joy". He thanked CERN.'
    found = names_in(text)
    assert [name.text for name in found] == [
        "Luis Urzúa of Chile",
        "San José",
        "Ode to Joy",
        "CERN",
    ]
    assert all(text[name.start :].startswith(name.text) for name in found)


def test_what_owns() -> None:
    assert possessive("Marie Curie") == "Marie Curie's"
    assert possessive("The Beatles") == "The Beatles'"


# Properties

WORDS = (
    "he she his her they them their it its there this that year why how when what about and in "
    "2012 1999? France the band album she's Macron's “Quoted Title” Marie Curie NATO of to else "
    "other happened anything interesting article \x1b[31m [b] \u202e \x00 ' \" ( ) ? . , \n 🏴 誰"
).split(" ")
texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join),
    st.sampled_from([LIBYA.question, LIBYA.title, CURIE.title, "x " * 5000]),
)
talks = st.lists(st.builds(Exchange, texts, texts, texts), max_size=12)


@given(texts, talks)
def test_it_never_fails_nor_grows_beyond_its_bound(question: str, talk: list[Exchange]) -> None:
    resolved = stand_alone(question, talk)
    assert len(resolved) <= len(question) + MOST_ADDED
    assert resolved == stand_alone(question, list(talk)), "the same again"
    if len(question) > LONGEST_QUESTION:
        assert resolved == question


@given(texts, talks)
def test_nothing_is_made_up(question: str, talk: list[Exchange]) -> None:
    """Every letter run of the result was typed, or said before, or is a word of the rules."""
    said = " ".join([question, *(" ".join([t.question, t.answer, t.title]) for t in talk)])
    known = set(_words(said)) | {"the", "to", "in", "of", "about", "s", "who", "on", "at", "near"}
    assert set(_words(stand_alone(question, talk))) <= known


@given(
    st.sampled_from(
        ["When did {} resign?", "Who is {}?", "Was {} found in 2011?", "Why did {} leave?"]
    ),
    st.sampled_from(["Naoto Kan", "Francesco Schettino", "the Costa Concordia", "South Sudan"]),
    talks,
)
def test_a_question_with_its_own_name_is_unchanged(
    form: str, name: str, talk: list[Exchange]
) -> None:
    assert stand_alone(form.format(name), talk) == form.format(name)


def test_long_and_hostile_texts_cost_little() -> None:
    talk = [
        Exchange("A. " * 4000, "“" * 9000, "(" * 9000),
        Exchange("in the " * 3000, "The " * 9000, "the album " * 2000),
    ] * 4
    for question in ("Why? " * 80, "the this that " * 28, "he she they it there " * 19, "(" * 400):
        started = time.process_time()
        stand_alone(question, talk)
        assert time.process_time() - started < 0.5


def _words(text: str) -> list[str]:
    for mark in string.punctuation + "“”’…":
        text = text.replace(mark, " ")
    return text.casefold().split()
