"""English words that tell what a name is a name of, or that it is none."""

SENTENCE_STARTS = frozenset(
    """
    although amid among anything apart around aside because besides beside despite during except
    following former however instead interesting later latter moreover meanwhile nevertheless
    originally perhaps regarding several since soon tell today together unlike upon yes no okay
    ok besides another both each eventually finally first initially second third many most much
    one two three other others prior recently shortly subsequently throughout within without
    according
    """.split()
)
"""Words that begin a sentence, and are then capitalised without being names."""

NOT_NAMES = frozenset(
    """
    january february march april may june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday english french german spanish italian
    russian chinese japanese american british european i mr mrs ms dr
    """.split()
)
"""Capitalised in English whatever they stand for: months, days, languages and peoples."""

MALE_TITLES = frozenset("mr king prince sir lord father uncle duke emperor pope monsieur".split())
"""Titles of men."""

FEMALE_TITLES = frozenset(
    "mrs ms miss queen princess lady dame mother aunt duchess empress".split()
)
"""Titles of women."""

TITLES = (
    frozenset(
        """
        president general lieutenant colonel captain major admiral sergeant commander marshal
        minister chancellor senator governor mayor judge justice professor dr doctor coach
        chairman secretary ambassador bishop archbishop cardinal pastor saint rear vice chief
        director foreman
        """.split()
    )
    | MALE_TITLES
    | FEMALE_TITLES
)
"""What stands before the names of people."""

MEN = frozenset(
    """
    adam alan albert alex alexander alfred andrew andy anthony antonio arthur barack ben
    benjamin bernard bill billy bob bobby brian bruce carl carlos charles charlie chris
    christian christopher daniel dave david dennis derek donald douglas edward elon eric ernest
    francis francisco frank franklin frederick gary gene geoff george gerald giovanni graham
    greg gregory gordon harold harry henry howard hugh ian jack jacob jakob james jason jay jeff
    jeremy jerry jesse jim jimmy joe john johnny jon jonathan jose josé joseph juan julian keith
    ken kenneth kevin kurt lance larry lawrence lee leo leonard louis luis mark martin matt
    matthew michael miguel mike mohammed muhammad naoto nathan neil nicholas nick nigel norman
    oliver oscar patrick paul pedro peter phil philip phillip pierre ralph ray raymond richard
    rick rob robert roger ronald ross roy russell ryan sam samuel scott sean simon stanley
    stephen steve steven stuart ted terry theodore thomas tim timothy todd tom tommy tony
    vincent vladimir walter warren wayne will william winston xavier
    """.split()
)
"""First names that are mostly men's."""

WOMEN = frozenset(
    """
    abigail agnes alexandra alice alison amanda amy andrea angela angelina ann anna anne annie
    audrey barbara beatrice betty beyoncé bonnie britney carol caroline catherine charlotte
    cheryl christina christine claire clara courtney cynthia daisy debbie deborah diana donna
    doris dorothy eleanor elisabeth elizabeth ella ellen emily emma erin eva evelyn florence
    frances gloria grace hannah harriet heather helen hillary irene isabel isabella jane janet
    janis jean jennifer jessica joan joanna josephine joyce judith judy julia julie karen kate
    katharine katherine kathleen katie kim laura lauren linda lisa liz louise lucy madonna
    margaret maria marie marilyn martha mary megan melissa michelle mildred monica nancy naomi
    natalie nicole nina olivia pamela patricia patsy paula penelope phyllis rachel rebecca
    rita rosa rose ruth sally samantha sandra sara sarah serena sharon shirley sophia sophie
    stella stephanie sue susan suzanne sylvia teresa theresa ursula vanessa venus veronica
    victoria virginia wendy winnie yoko yvonne
    """.split()
)
"""First names that are mostly women's."""

GROUP_WORDS = frozenset(
    """
    agency army association bank band board brothers cabinet club college committee commission
    company congress corporation corps council court department force forces foundation
    government group guard inc institute laboratory league ltd ministry museum navy office
    orchestra organisation organization parliament party police press records school senate
    service sisters society studios team times tribe union university boys girls fc
    """.split()
)
"""Words in the names of bodies, companies, teams and bands."""

PLACE_WORDS = frozenset(
    """
    airport archipelago avenue bay beach bridge canal cape castle cathedral church city coast
    county desert district forest glacier gulf harbour harbor hills hospital hotel island
    islands isle lake mine mount mountain mountains ocean palace park peninsula port river road
    sea square station street strait theatre theater tower town valley village volcano
    """.split()
)
"""Words in the names of places and buildings, or just after them."""
