"""Masking: whom it hides, what it leaves alone, and that letters are kept."""

import pytest

from ingest.people import Mask, mask, one_person

TEAM = ["Will Smith", "wsmith", "Priya Raghunathan", "Jane Doe", "jdoe", "Bob Lee", "李雷", "José Núñez", "torvalds"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Jane Doe restarted it. jane@example.com", "Person A restarted it. [e-mail]"),
        ("Priya and Jane Doe; Priya Raghunathan again", "Person A and Person B; Person A again"),
        ("@jdoe and @Jane Doe are one: Jane", "Person A and Person A are one: Person A"),
        ("We will smith a key", "We will smith a key"),
        ("Will the fix hold? It will.", "Will the fix hold? It will."),
        ("Will: I rolled back\n\n-- Will\n", "Person A: I rolled back\n\n-- Person A\n"),
        ("Reported by: Will", "Reported by: Person A"),
        ("@will, look", "Person A, look"),
        ("Bob said so; @bob agreed; Bob Lee too", "Bob said so; Person A agreed; Person A too"),
        ("李雷重启了数据库", "Person A重启了数据库"),
        ("Jose\u0301 Nu\u0301n\u0303ez, JOSÉ NÚÑEZ", "Person A, Person A"),
        ("Raghunathan, Priya", "Person A"),
        ("Jane\nDoe, Jane  Doe, Jane-Doe", "Person A, Person A, Person A"),
        ("torvalds merged, @torvalds said", "torvalds merged, Person A said"),
        ("ssh jdoe@db1 && scp x jane.doe@db1.example.com:/", "ssh Person A@db1 && scp x [e-mail]:/"),
        ("Jane's fix", "Person A's fix"),
        ("janes fix, Janet", "janes fix, Janet"),
        ("/home/jane/x jane.restart() Jane.restart() jane_doe_table", "/home/jane/x jane.restart() Jane.restart() jane_doe_table"),
        ("https://jane.doe.example.com/x", "https://jane.doe.example.com/x"),
        ("https://jane@example.com/x", "https://[e-mail]/x"),
        ("jürgen.müller+ops@müller.de!", "[e-mail]!"),
        ("icon@2x.png, getty@tty1.service, lodash@4.17.21", "icon@2x.png, getty@tty1.service, lodash@4.17.21"),
        ("", ""),
    ],
)  # fmt: skip
def test_masked(text: str, masked: str) -> None:
    assert mask(text, TEAM) == masked


@pytest.mark.parametrize("word", ["Mark", "May", "Austin", "Grace", "Rose", "Paris", "Hope", "Chase", "Sydney"])
def test_a_name_that_is_a_word_or_a_place_leaves_prose_alone(word: str) -> None:
    text = f"{word} is where it was; {word}, TX 78701."
    assert mask(text, [f"{word} Okonkwo"]) == text
    assert mask(f"{word} Okonkwo", [f"{word} Okonkwo"]) == "Person A"
    assert mask(f"{word}: done", [f"{word} Okonkwo"]) == "Person A: done"


def test_letters_go_by_first_appearance_and_beyond_z() -> None:
    people = [f"Name{number:02} Family{number:02}" for number in range(30)]
    text = " | ".join(reversed(people))
    masked = mask(text, people).split(" | ")
    assert masked[:2] == ["Person A", "Person B"]
    assert masked[25:28] == ["Person Z", "Person AA", "Person AB"]
    assert len(set(masked)) == 30


def test_title_and_text_share_their_letters() -> None:
    both = Mask(["Jane Doe", "Priya Rao"])
    assert both("Retro by Priya Rao") == "Retro by Person A"
    assert both("Jane Doe and Priya Rao") == "Person B and Person A"


def test_two_with_one_given_name_are_told_apart_where_they_can_be() -> None:
    masked = mask("Jane Doe, Jane Roe, Jane", ["Jane Doe", "Jane Roe"])
    assert masked == "Person A, Person B, Person C"


@pytest.mark.parametrize("name", ["Doe, Jane", "Jane Doe (Unlicensed)", "Jane Doe [X]", " Jane  M. Doe ", "@Jane Doe"])
def test_names_as_tools_write_them(name: str) -> None:
    assert mask("said Jane Doe", [name]) == "said Person A"


@pytest.mark.parametrize("login", ["jdoe", "jane.doe", "jane_doe", "janedoe42", "doej", "jane.doe@example.com"])
def test_a_login_made_of_a_name_is_that_person(login: str) -> None:
    bare = login.split("@")[0]
    assert mask(f"Jane Doe, @{bare}", ["Jane Doe", login]) == "Person A, Person A"


HANK = [one_person("Hank Hill", "hank", "will"), one_person("propane | SRE", "Peggy Hill"), "Will Smith"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("hank: @channel payments are down\n\nask Hank Hill, @hank, Hank", "Person A: @channel payments are down\n\nask Person A, Person A, Person A"),
        ("**hank**: down\n- hank: up\n> 1. _Hank_: and __Hank Hill:__ again", "**Person A**: down\n- Person A: up\n> 1. _Person A_: and __Person A:__ again"),
        ("will: I roll back\nWe will wait: yes", "Person A: I roll back\nWe will wait: yes"),
        ("propane | SRE: on it\nPeggy Hill: me too", "Person A: on it\nPerson A: me too"),
        ("<@hank> wrote to <hank@example.com>", "<Person A> wrote to <[e-mail]>"),
        ("hank::run hank:8080 /hank: thanks hank: x", "hank::run hank:8080 /hank: thanks hank: x"),
    ],
)  # fmt: skip
def test_one_person_has_one_letter_in_every_spelling(text: str, masked: str) -> None:
    assert mask(text, HANK) == masked


def test_a_login_met_alone_is_of_the_person_who_has_it() -> None:
    assert mask("@propane and Hank Hill", ["propane", one_person("Hank Hill", "propane")]) == "Person A and Person A"


def test_what_two_are_called_is_neither_of_them() -> None:
    two = [one_person("Alex Jones", "alex"), one_person("Alex Okafor", "alex")]
    assert mask("Alex Jones, Alex Okafor\nalex: hi", two) == "Person A, Person B\nPerson C: hi"


def test_the_account_of_a_role_that_somebody_speaks_with_is_a_label_only() -> None:
    assert mask("support: hi\nSupport knows", [one_person("Jane Doe", "support")]) == "Person A: hi\nSupport knows"
    assert mask("support: hi", ["support"]) == "support: hi"


@pytest.mark.parametrize("name", ["", " ", "x", "42", "root", "admin", "Unassigned", "()", "@", "...", "a" * 5000])
def test_what_is_nobody_masks_nothing(name: str) -> None:
    text = "x 42 root@db1 admin () @ ... aaaa"
    assert mask(text, [name]) == text


def test_nothing_is_lost_between_the_names() -> None:
    text = "\r\nJane Doe\t— ünï\u2028Priya\x00 and\n\n```\nJane Doe\n```\n"
    masked = mask(text, ["Jane Doe", "Priya Rao"])
    assert masked == text.replace("Jane Doe", "Person A").replace("Priya", "Person B")


def test_odd_texts_of_great_length_are_read_to_their_end() -> None:
    odd = "a" * 50_000 + "x.y-" * 20_000 + " @" * 20_000 + "://" * 20_000 + "a@b." * 20_000
    assert mask(f"{odd} Jane Doe", ["Jane Doe"]).endswith(" Person A")
    crowd = [f"Firstname{number} Lastname{number}" for number in range(5_000)]
    assert mask("Firstname7 Lastname7 " * 5_000, crowd) == "Person A " * 5_000
