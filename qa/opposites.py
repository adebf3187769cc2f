"""Words with opposite meanings: a sentence that has the one does not say the other."""

from collections import defaultdict

_OPPOSITES_TEXT = """
    first last, most least, more less, more fewer, largest smallest, larger smaller, big small,
    biggest smallest, bigger smaller, highest lowest, higher lower, high low, best worst,
    better worse, good bad, oldest youngest, oldest newest, older younger, old new, old young,
    earliest latest, earlier later, early late, before after, begin end, began ended,
    beginning end, start end, start stop, started ended, started stopped, starting ending,
    increase decrease, increased decreased, increases decreases, increasing decreasing,
    rise fall, rose fell, north south, northern southern, east west, eastern western,
    inside outside, above below, up down, open close, opened closed, win lose,
    won lost, winner loser, winning losing, gain lose, gained lost, allow prevent,
    allowed banned, allowed prohibited, accept reject, accepted rejected, support oppose,
    supported opposed, agree disagree, agreed refused, love hate, loved hated, liked disliked,
    likes dislikes, buy sell, bought sold, male female, men women, man woman,
    boy girl, boys girls, father mother, son daughter, husband wife, brother sister, king queen,
    public private, rich poor, strong weak, stronger weaker, strongest weakest, fast slow,
    faster slower, fastest slowest, long short, longer shorter, longest shortest, hot cold,
    hotter colder, warm cool, hard soft, hard easy, harder easier, heavier lighter,
    cheap expensive, cheaper costlier, major minor, majority minority, maximum minimum,
    positive negative, common rare, legal illegal, possible impossible, successful unsuccessful,
    known unknown, used unused, modern ancient, urban rural, enter leave, entered left,
    arrive depart, arrived departed, join leave, joined left, give take, gave took, given taken,
    create destroy, created destroyed, build destroy, built destroyed, add remove, added removed,
    include exclude, included excluded, born died, alive dead, birth death, success failure,
    succeeded failed, succeed fail, pass fail, passed failed, always never, everyone nobody,
    all none, many few, with without, full empty, wide narrow, deep shallow, day night,
    morning evening, summer winter, spring autumn, advantage disadvantage, friend enemy,
    internal external, domestic foreign, import export, imports exports, expand shrink,
    remain leave, remember forget, raised lowered, raise lower, happy sad, wet dry, thick thin,
    upper lower, top bottom, front back, near far, nearest farthest, closest farthest
"""


def opposites(text: str) -> dict[str, tuple[str, ...]]:
    """Return pairs of words with a comma between them as a table, each pair both ways."""
    found: dict[str, list[str]] = defaultdict(list)
    for pair in text.split(","):
        one, other = pair.split()
        found[one].append(other)
        found[other].append(one)
    return {word: tuple(others) for word, others in found.items()}


OPPOSITES = opposites(_OPPOSITES_TEXT)
"""Antonyms of lower-case words; every pair in both directions."""
