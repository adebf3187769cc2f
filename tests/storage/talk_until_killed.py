"""Adds turns to a conversation without end, and prints the id of each when it is stored.

test_conversations runs this program: ``LIBRARY CONVERSATION``.
"""

import sys

from qa.datatypes import Answer, Status
from qa.library import Library

if __name__ == "__main__":
    with Library.open(sys.argv[1], create=False) as library:
        while True:
            answer = Answer("What fell?", "", Status.NOT_FOUND, 0.1, (), (), ())
            print(library.add_turn(int(sys.argv[2]), "What fell?", answer).id, flush=True)
