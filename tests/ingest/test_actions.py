"""Action items are found where a post-mortem says what is to be done, and nowhere else."""

import pytest

from corpus.actions import ActionText
from ingest.actions import find_actions, read_actions
from tests.fakes import Home


def under(heading: str, body: str) -> list[ActionText]:
    return find_actions(f"## Summary\n\n- Not this one\n\n{heading}\n\n{body}\n\n## Timeline\n\n- 10:00 nor this one")


@pytest.mark.parametrize(
    "heading",
    [
        "## Action items", "### Actions", "## Follow-ups", "## Follow up items", "# Actionables", "## Remediation",
        "## Corrective and Preventative Measures", "## Next steps", "## Planned Actions (planned or in-progress)",
        "## **Action items:**",
    ],
)  # fmt: skip
def test_headings_that_promise_action_items(heading):
    assert [one.text for one in under(heading, "- Add an alarm\n- Buy a disk")] == ["Add an alarm", "Buy a disk"]


@pytest.mark.parametrize(
    "heading", ["## Actions taken", "## Lessons learned", "## Timeline of actions", "## What happened"]
)
def test_headings_that_do_not(heading):
    assert under(heading, "- Add an alarm") == []


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("- Add an alarm", ActionText(text="Add an alarm")),
        ("1. Add an alarm", ActionText(text="Add an alarm")),
        ("- [x] Add an alarm", ActionText(text="Add an alarm", state="done")),
        ("- [ ] Add an alarm", ActionText(text="Add an alarm")),
        ("- ✅ Add an alarm", ActionText(text="Add an alarm", state="done")),
        ("- DONE: Add an alarm", ActionText(text="Add an alarm", state="done")),
        ("- Add an alarm (done)", ActionText(text="Add an alarm", state="done")),
        ("- Add an alarm - DONE", ActionText(text="Add an alarm", state="done")),
        ("- Status: Done Add an alarm", ActionText(text="Add an alarm", state="done")),
        ("• Status: Declined - Add an alarm", ActionText(text="Add an alarm", state="dropped")),
        ("- Status: Unresolved Add an alarm", ActionText(text="Add an alarm")),
        ("- ~~Add an alarm~~", ActionText(text="Add an alarm", state="dropped")),
        ("- Add an alarm (owner: @ada, due 2027-01-31)", ActionText(text="Add an alarm", owner="@ada", due="2027-01-31")),
        ("- **Add** an [alarm](https://example.org/7)", ActionText(text="Add an alarm")),
        ("- Get the work done", ActionText(text="Get the work done")),
    ],
)  # fmt: skip
def test_what_an_item_says_of_itself(line, item):
    assert under("## Action items", line) == [item]


def test_a_table_tells_owner_state_and_date():
    table = (
        "Action | Owner | Status | Due\n--- | --- | --- | ---\n"
        "Add an alarm | Ada | Done | 2027-01\nBuy a disk | Ben | In progress | soon"
    )
    assert under("## Action items", table) == [
        ActionText(text="Add an alarm", state="done", owner="Ada", due="2027-01"),
        ActionText(text="Buy a disk", owner="Ben"),
    ]


def test_details_empty_places_and_introductions_are_no_items():
    body = "We will do this:\n\n- Add an alarm\n    - https://example.org/1\n    - for all disks\n- None\n- TBD\n- https://example.org"
    assert [one.text for one in under("## Action items", body)] == ["Add an alarm"]


def test_subheadings_belong_to_it_and_may_say_that_all_is_done():
    text = "## Remediation\n\nWe rolled back.\n\n### Immediate actions (completed)\n\n- Add an alarm\n\n### Later\n\n- Buy a disk"
    assert [(one.text, one.state) for one in find_actions(text)] == [("Add an alarm", "done"), ("Buy a disk", "open")]


def test_plain_paragraphs_count_only_where_nothing_else_can_be_meant():
    assert [one.text for one in under("## Action items", "Add an alarm.\n\nBuy a disk.")] == [
        "Add an alarm.",
        "Buy a disk.",
    ]
    assert under("## Remediation", "We rolled back.") == []


def test_hostile_texts_are_read_in_linear_time():
    for line in ("- " + "[" * 50_000, "- " + "owner " * 20_000, "|" * 50_000 + " | ", "- " + "*" * 50_000 + "done"):
        under("## Action items", line)
    assert len(find_actions("## Actions\n" + "\n".join(f"- Do thing {n}" for n in range(5_000)))) == 100


def test_only_post_mortems_are_read_and_all_that_came_in_another_way(home: Home):
    report = home.put("report", "## Action items\n\n- Add an alarm")
    guide = home.put("guide", "## Action items\n\n- List them here", kind="guidance")
    read_actions(home.corpus)
    assert [one.text for one in home.corpus.actions.of(report)] == ["Add an alarm"]
    assert home.corpus.actions.of(guide) == []
    assert home.corpus.actions.unread() == []
