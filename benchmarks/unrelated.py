"""Two hundred pages that no corpus of lessons has anything to say on: recipes, sports, tax forms, poetry, goods, code.

They are put together from sentences written for this purpose. Page n of a kind is always the same; the even ones
are for tuning, the odd ones are held out, and the two share no subject.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

PAGES = 200


@dataclass(frozen=True)
class Unrelated:
    """A page; `held_out` ones were not looked at while the floor was made."""

    kind: str
    title: str
    text: str
    held_out: bool


def pages() -> list[Unrelated]:
    """All pages, the kinds in turn."""
    found = []
    kinds = list(KINDS.items())
    for number in range(PAGES):
        (kind, write), turn = kinds[number % len(kinds)], number // len(kinds)
        title, text = write(turn, random.Random(f"{kind} {turn}"))
        found.append(Unrelated(kind, title, text, held_out=turn % 2 == 1))
    return found


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")]


def _filled(template: str, draw: random.Random, slots: dict[str, list[str]]) -> str:
    for name, values in slots.items():
        while "{" + name + "}" in template:
            template = template.replace("{" + name + "}", draw.choice(values), 1)
    return template


DISHES = _words(
    "Lentil soup with lemon, Apple strudel, Mushroom risotto, Beef goulash, Lemon drizzle cake, Spinach lasagne,"
    "Pumpkin curry, Chicken pot pie, Plum dumplings, Fish chowder, Walnut bread, Potato gratin, Rhubarb crumble,"
    "Chickpea stew, Onion tart, Pea risotto, Carrot cake, Vegetable tagine, Cheese soufflé, Red cabbage, Pancakes,"
    "Beetroot salad, Cinnamon rolls, Leek quiche, Rice pudding, Stuffed peppers, Pear tart, Tomato soup, Gingerbread,"
    "Bean chilli, Almond biscuits, Cauliflower cheese, Cherry clafoutis, Barley broth"
)
STUFF = _words(
    "butter, olive oil, flour, sugar, garlic, thyme, parsley, cream, eggs, nutmeg, honey, breadcrumbs, stock"
)
RECIPE = (
    "Peel and chop the {a} finely, and set it aside in a cool place.",
    "Melt the {a} in a heavy pan over a low heat until it begins to foam.",
    "Stir in the {a} a spoonful at a time so that no lumps form.",
    "Season with salt, pepper and a little {a}, and taste before you add more.",
    "Leave the mixture to rest for {n} minutes under a damp cloth.",
    "Heat the oven to {t} degrees and grease a shallow dish with {a}.",
    "Simmer gently for {n} minutes with the lid half on, stirring now and then.",
    "Fold the beaten egg whites in with a metal spoon, keeping as much air as you can.",
    "Sprinkle with {a} and put it back for another {n} minutes until golden.",
    "Serve warm from the dish with a green salad and a glass of cider.",
    "My aunt used {a} instead of {a}, and hers was always the first to be eaten.",
    "It keeps for three days in the refrigerator and freezes well without the {a}.",
    "If the top browns too quickly, cover it loosely with foil.",
    "Children like it sweeter: double the {a} and leave out the {a}.",
    "Drain, rinse under cold water, and pat dry with kitchen paper.",
    "Knead for {n} minutes until the dough is smooth and springs back.",
)


def recipe(turn: int, draw: random.Random) -> tuple[str, str]:
    dish = DISHES[turn % len(DISHES)]
    slots = {"a": STUFF, "n": ["5", "10", "15", "25", "40"], "t": ["160", "180", "200"]}
    amounts = [f"- {draw.choice(['100 g', '2 tbsp', '1 cup', '250 ml', 'a pinch of'])} {one}" for one in STUFF]
    steps = [_filled(step, draw, slots) for step in draw.sample(RECIPE, 13)]
    lead = f"{dish} is what we cook when friends drop in: little work, few dishes, and nobody ever leaves any."
    listed = "\n".join(draw.sample(amounts, 8))
    return dish, f"{lead}\n\n## Ingredients\n\n{listed}\n\n## Method\n\n" + " ".join(steps)


CLUBS = _words(
    "Harwick Rovers, Northgate United, Elmsford Town, Port Sable, Kestrel Athletic, Danbury Wanderers, Lowmoor City,"
    "St Brannock, Ashdene Rangers, Marlow Vale, Castlebridge, Tillingham, Redcliff Albion, Southmere, Pendle Forest"
)
GAMES = _words("football, rugby, hockey, handball, basketball, volleyball, cricket, water polo, netball, ice hockey")
SPORT = (
    "{c} went ahead early when the winger beat two defenders and squared for an easy tap-in.",
    "The equaliser came from a set piece, headed in at the near post after {n} minutes.",
    "The goalkeeper made three fine saves in a row to the delight of the travelling supporters.",
    "In front of {m} spectators {c} never looked comfortable with the wind in their faces.",
    "The captain limped off with a strained calf and is doubtful for the derby against {c}.",
    "After the break the visitors pressed high and won most of the second balls.",
    "{c} stay third in the table, two points behind {c} with a game in hand.",
    "A yellow card for dissent means that the playmaker is suspended next weekend.",
    "The coach praised the young substitutes, who ran their legs off in the last quarter.",
    "Tickets for the cup tie against {c} go on sale on Thursday at the club shop.",
    "It was the ninth home win in a row, a record that goes back to the season of 1963.",
    "The television replay showed that the ball had crossed the line by a good foot.",
    "Both teams settled for the draw in the final minutes and passed it about at the back.",
    "The transfer of the striker to {c} has fallen through over his wages.",
    "Next Saturday {c} travel to the coast, where they have not won for a decade.",
    "The crowd sang, the floodlights came on, and the rain turned the centre circle to mud.",
)


def sport(turn: int, draw: random.Random) -> tuple[str, str]:
    home, away = CLUBS[turn % len(CLUBS)], CLUBS[(turn + turn // len(CLUBS) + 3) % len(CLUBS)]
    game, slots = (
        GAMES[turn % len(GAMES)],
        {"c": CLUBS, "n": ["12", "37", "58", "81"], "m": ["2,300", "8,450", "31,000"]},
    )
    lead = f"{home} and {away} met on Saturday in the {game} league, and nobody who came will forget it soon."
    told = [_filled(line, draw, slots) for line in draw.sample(SPORT, 14)]
    score = f"{draw.randrange(5)}:{draw.randrange(5)}"
    return f"{home} – {away} {score}", f"{lead} " + " ".join(told[:7]) + "\n\n" + " ".join(told[7:])


TAXES = _words(
    "Income from letting, Married couple's allowance, Inheritance, Capital gains on shares, Motor vehicle duty,"
    "Church tax, Child benefit, Self-employed artists, Dog licence, Second homes, Charitable gifts, Pension income,"
    "Commuting by train, Stamp duty on houses, Foreign dividends, Domestic help, Farm land, Student loans, Royalties,"
    "Winter fuel, Wine and spirits, Training costs, Trusts, Redundancy pay, Lottery winnings, Bicycle leasing, Alimony,"
    "Forestry, Household repairs, Marriage in the year, Savings interest, Import of a car, Meal vouchers, Care at home"
)
TAX = (
    "Enter in box {n} the gross amount before any deduction.",
    "If the amount in line {n} is larger than that in line {n}, write zero.",
    "Attach the certificate of your employer or the statement of your bank.",
    "Married couples and civil partners may each claim half of the allowance.",
    "Amounts are rounded down to whole pounds; pence are not shown.",
    "Do not include income that was taxed at source and declared on form {f}.",
    "The return must reach your tax office by the thirty-first of January.",
    "A late return is charged with a penalty of {n} pounds for each month begun.",
    "Carry the total over to page {n} of the main return, line {n}.",
    "If you were resident abroad for more than 183 days, fill in form {f} as well.",
    "Losses of earlier years may be set off up to the amount of the gain.",
    "Keep receipts for six years; we may ask to see them.",
    "Tick the box if a tax adviser has helped you, and give his reference number.",
    "Your personal allowance is reduced by one pound for every two pounds above the limit.",
    "Gifts between spouses are exempt and need not be declared.",
    "Sign and date the declaration; a return that is not signed counts as not received.",
)


def tax(turn: int, draw: random.Random) -> tuple[str, str]:
    subject = TAXES[turn % len(TAXES)]
    slots = {"n": ["3", "7", "14", "22", "40"], "f": ["SA-14", "T 27", "R 40", "N-9"]}
    lines = [_filled(line, draw, slots) for line in draw.sample(TAX, 14)]
    lead = f"These notes help you to fill in the supplementary page on {subject.lower()} for the tax year."
    told = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    return f"Notes on form: {subject}", f"{lead}\n\n{told}"


THEMES = _words(
    "October, The ferryman, A blackbird, Snow at the window, My father's coat, The orchard, Low tide, Two swans,"
    "The piano tuner, Lullaby, Harvest, A letter unsent, Cherry blossom, The attic, Moth, Evening train, Salt,"
    "The widow's garden, Birches, Song of the well, Footprints, First frost, The shepherd, Candle, Migrants,"
    "Lilac, The old mare, Sleepless, Crossing, The glassblower, Rooks, A hammock, Winter bees, The stair"
)
NOUNS = _words("moon, sparrow, meadow, lantern, willow, shadow, river, rose, child, stone, feather, harbour, hillside")
VERSE = (
    "O {a}, lie still upon the {a} and listen,",
    "for all the {a}s of summer have gone by,",
    "and what was green is gathered now and golden,",
    "and what was song is folded in the sky.",
    "I held your hand as one might hold a {a},",
    "not knowing which of us would first let go;",
    "the {a} was silver and the road was silent,",
    "and over every {a} there fell the snow.",
    "Who walks tonight between the {a} and the {a}?",
    "A girl who lost her ribbon in the corn,",
    "a boy who whistles so as not to tremble,",
    "an old man waiting, patient, to be born.",
    "Sleep, little {a}. The dark is only velvet.",
    "The stars are buttons on a threadbare sleeve.",
    "Whatever love has given to the {a}",
    "is neither ours to squander nor to grieve.",
    "And still the {a} leans above the water,",
    "and still the {a} answers, soft and low,",
    "as if the heart, that unrepentant dancer,",
    "had music yet, and somewhere left to go.",
)


def poem(turn: int, draw: random.Random) -> tuple[str, str]:
    lines = [_filled(line, draw, {"a": NOUNS}) for line in VERSE * 2]
    start = draw.randrange(0, 20, 4)
    stanzas = ["\n".join(lines[place : place + 4]) for place in range(start, start + 20, 4)]
    draw.shuffle(stanzas)
    return THEMES[turn % len(THEMES)], "\n\n".join(stanzas)


GOODS = _words(
    "oak dining table, down jacket, espresso machine, road bicycle, garden hose, yoga mat, desk lamp, sofa bed,"
    "trekking poles, cordless drill, baby carriage, electric toothbrush, bookshelf, winter tyres, rain coat,"
    "acoustic guitar, frying pan, lawn mower, leather wallet, sleeping bag, wool carpet, wrist watch, aquarium,"
    "sewing machine, hammock, hair dryer, wine glasses, running shoes, picnic basket, office chair, parasol, kite,"
    "binoculars, mattress"
)
PRODUCT = (
    "Hand finished by craftsmen in a family workshop that has done nothing else since 1922.",
    "Choose between {c}, {c} and {c}; samples of all colours are sent free of charge.",
    "The surface is treated with natural oil and shrugs off water, wine and small children.",
    "Weighs only {n} kilograms and fits into any boot once the legs are folded.",
    "Free delivery on orders over fifty euros, and thirty days to change your mind.",
    "Five stars: bought one for my sister and ended up keeping it myself!",
    "Three stars: pretty, but the {c} is darker than in the picture.",
    "The cover comes off with a zip and can be washed at forty degrees.",
    "Comes with a guarantee of {n} years on all moving parts.",
    "Customers who bought this also looked at our matching cushions in {c}.",
    "Now {n} per cent off while stocks last; members collect double points.",
    "Dimensions: {n}0 by {n}5 by {n}2 centimetres. Packed in recycled cardboard.",
    "Assembly takes a quarter of an hour, and the only tool you need is in the box.",
    "An ideal present for a birthday, a housewarming, or simply for yourself.",
    "The new model is quieter and lighter than the one that won so many hearts last year.",
    "Add to basket, choose gift wrapping, and write a card if you like.",
)


def product(turn: int, draw: random.Random) -> tuple[str, str]:
    thing = GOODS[turn % len(GOODS)]
    slots = {"c": _words("moss green, sand, navy, cherry, graphite, cream, rust"), "n": ["2", "3", "5", "7"]}
    lines = [_filled(line, draw, slots) for line in draw.sample(PRODUCT, 13)]
    lead = f"Our {thing} is made to be used every day and to look good for a lifetime."
    return f"{thing.capitalize()} – buy online", f"{lead} " + " ".join(lines[:8]) + "\n\n## Reviews\n\n" + " ".join(
        lines[8:]
    )


PROGRAMS = (
    ("roman numerals", "to_roman", "Turn a number into Roman numerals."),
    ("game of life", "step", "One generation of Conway's game of life on a torus."),
    ("prime sieve", "primes", "The primes below a limit by the sieve of Eratosthenes."),
    ("tic-tac-toe", "winner", "Who has three in a row on the board?"),
    ("bubble sort", "bubble", "Sort a list of cards by swapping neighbours."),
    ("mandelbrot", "escape", "How soon does a point of the plane run away?"),
    ("morse code", "morse", "Spell a word in dots and dashes."),
    ("date of Easter", "easter", "The date of Easter Sunday in a year."),
    ("solitaire", "deal", "Deal a shuffled deck into seven piles."),
    ("palindromes", "mirror", "Does a word read the same from both ends?"),
    ("knight's tour", "tour", "Let a knight visit each square of a chessboard once."),
    ("fibonacci rabbits", "rabbits", "How many rabbits are there after some months?"),
    ("hangman", "guess", "Show the letters of a word that were guessed."),
    ("temperature", "celsius", "Turn Fahrenheit into Celsius for the weather widget."),
    ("dice", "throw", "Throw some dice and add up the pips."),
    ("text banner", "banner", "Print a word in large letters of stars."),
    ("anagrams", "anagrams", "Group words that have the same letters."),
    ("spiral", "spiral", "Write the numbers of a square in a spiral."),
)
CODE = (
    "def {f}(values, size=8):\n    total = 0\n    for place, value in enumerate(values):\n"
    "        if value % 2 == 0 and place < size:\n            total += value\n    return total",
    "class {F}:\n    def __init__(self, width, height):\n        self.width = width\n        self.height = height\n"
    "        self.cells = [[0] * width for _ in range(height)]\n\n    def area(self):\n        return self.width",
    "const {f} = (items) => items\n  .filter((item) => item.length > 2)\n  .map((item) => item.toUpperCase())\n"
    "  .sort((a, b) => a.localeCompare(b));",
    "int {f}(int a, int b) {\n    while (b != 0) {\n        int r = a % b;\n        a = b;\n        b = r;\n"
    "    }\n    return a;\n}",
    ".{f} {\n  display: grid;\n  gap: 12px;\n  color: darkslateblue;\n  border: 0;\n}\n.{f}:hover { color: teal; }",
    "fn {f}(word: &str) -> String {\n    word.chars().rev().collect()\n}",
    "for i in range(1, 101):\n    word = ('Fizz' if i % 3 == 0 else '')\n    print(word or i)",
    "SELECT colour, count(*) AS marbles FROM {f}_bag GROUP BY colour ORDER BY marbles DESC;",
    "def draw_{f}(board):\n    for line in board:\n        print(' '.join('X' if cell else '.' for cell in line))",
    "import random\n\nletters = list('abcdefghijklmnop')\nrandom.shuffle(letters)\nprint(''.join(letters[:7]))",
    '<ul id="{f}">\n  <li>apples</li>\n  <li>pears</li>\n  <li>quinces</li>\n</ul>',
    "public static double {f}(double[] marks) {\n    double sum = 0;\n    for (double mark : marks) sum += mark;\n"
    "    return sum / marks.length;\n}",
)


def code(turn: int, draw: random.Random) -> tuple[str, str]:
    name, function, told = PROGRAMS[(turn // 2 * 2) % len(PROGRAMS) + turn % 2]  # odd turns have the odd ones
    pieces = [one.replace("{f}", function).replace("{F}", function.title()) for one in draw.sample(CODE, 7)]
    blocks = "\n\n".join(f"```\n{piece}\n```" for piece in pieces)
    return f"{name}.py" if turn % 2 else f"Exercise {turn}: {name}", f"{told}\n\n{blocks}"


KINDS: dict[str, Callable[[int, random.Random], tuple[str, str]]] = {
    "recipe": recipe, "sport": sport, "tax": tax, "poem": poem, "product": product, "code": code,
}  # fmt: skip
