"""The articles that the commands are tested with, and questions about them."""

# Questions about the articles below.
WHO = "Who commands the harbour of Westport?"
UNKNOWN = "zxqvv qwlrt"  # no article contains these words

NEWS = {
    "harbour/storm.txt": (
        "date 2011-10-24 WESTPORT A storm closed the harbour of Westport on Monday, and eleven "
        "ships wait outside the breakwater for the wind to fall.\n\n"
        "Captain Ingrid Solheim commands the harbour of Westport. She expects the pilots to go "
        "out again on Wednesday. Nobody was hurt.\n"
    ),
    "harbour/ferry.md": (
        "---\ntitle: New ferry reaches Westport\ndate: 2012-03-05\n---\n\n"
        "The ferry Albatross carries 240 passengers and was built in Gdansk.\n"
    ),
    "wire.jsonl": (
        '{"title": "Bridge opens", "date": "2013-06-01", "url": "https://example.org/bridge", '
        '"text": "The bridge over the Lonn is 412 metres long."}\n'
        '{"title": "Bridge closes", "date": "2013-07-01", '
        '"text": "The bridge over the Lonn was shut after cracks were found."}\n'
    ),
    "undated.txt": "The lighthouse keeper of Skarvoy keeps nine goats.\n",
}
DATES = ["2013-07-01", "2013-06-01", "2012-03-05", "2011-10-24", None]

HOSTILE = {
    "quotes.txt": 'The mayor of Grauburg is "Anna [b]Holm[/b]". \\"No\\", she {said} at [/foo].\n',
    "escape.txt": (
        "\x1b[31mThe\x1b[0m granary of Rotmoor \x1b]0;owned\x07burned \u202edown\u202c in \u2066May"
        "\u2069.\r\nThe \u200fmiller fled.\r\n"
    ),
    "emoji.md": (
        "# 🚀 Falkenberg 👩‍👩‍👧‍👦\n\nThe rocket 🚀 of Falkenberg 🇸🇪 cost 12\u00a0million kronor.\n"
    ),
    "surrogate.jsonl": (
        r'{"title": "Lone \ud800 \u001b[1mpoet\u0000", "date": "2014-05-06", '
        r'"url": "https://example.org/a?b=\"c\"", "text": '
        r'"The \udfff poet Quentin\u0000 Marlow \u001b[31mdied\u001b[0m in Oslo.\u2028He was 80."}'
        "\n"
    ),
    "latin.txt": "Der Förster von Köln heißt Jürgen Müller und trägt große Stiefel.\n",
}
HOSTILE_QUESTIONS = {
    "quotes.txt": "Who is the mayor of Grauburg?",
    "escape.txt": "When did the granary of Rotmoor burn down?",
    "emoji.md": "What did the rocket of Falkenberg cost?",
    "surrogate.jsonl": "Where died the poet Quentin Marlow?",
    "latin.txt": "Wie heißt der Förster von Köln?",
}
UNREADABLE = {
    "nul.txt": (b"The lake \0 is deep.\n", "zero bytes"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "image"),
    "broken.json": (b'{"title": ', "not valid JSON"),
    "records.jsonl": (b'{"title": oops}\n', "line 1: not valid JSON"),
    "textless.jsonl": (b'{"title": "x"}\n', "no text"),
}
