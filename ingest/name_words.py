"""Words that are also names: who masks a name must not destroy the prose around it."""

NOBODY = frozenset(
    "admin administrator all anonymous automation bot bots channel ci deactivated deleted deploy deployer devops "
    "everyone former ghost github gitlab guest here jenkins jira nobody none null oncall operator ops pagerduty "
    "root service slack slackbot somebody sre staff support system team test unassigned unknown unlicensed user".split()
)
"""Logins and display names that are nobody's."""

ORDINARY = frozenset(
    "ace ada adelaide alexa alexandria alpha amber angel apollo april archer argo art ash aspen athena atlas august "
    "aurora austin autumn baker banks bar bay bear bell berlin berry best bill bird bishop black blaze blue bond "
    "booker boston bow brook brooklyn brooks brown buck bush butler butter carolina carpenter carter case cash "
    "cassandra chance chandler charity charlotte chase chelsea cherry chester china christian christmas chuck "
    "church clay clear cleveland cliff coal cole constance cook cooper coral cotton crane cross crystal dale dallas "
    "dash dawn day days dean dell delta denver destiny devon diamond dick dive dot douglas drake drew dublin duke "
    "durham dusty earl early echo eden elixir ember english eve everest faith fall farmer fast fern field fields "
    "fish fisher flash fleet flint florence flow flowers flux ford forest forge fox france frank free freeman "
    "french frost gage gale game gardener gay gene general genesis geneva gentle georgia ginger glass glen good "
    "grace grant gray green grey guy hale hamilton hand happy hardy harmony harper harvest haven hawk hazel heath "
    "heather helm henna herb hill holly holmes honor hope houston hudson hunt hunter india indiana ireland iris "
    "israel italy ivy jack jackson jade jasmine jay jersey jet jewel job jobs jordan joy joyce judge julia julian "
    "july june junior justice kafka keen kent key keys king kingston kit knight lake lance land lane lark law lead "
    "leaf lee liberty light lily lincoln link little lock london long lord lorraine lourdes love low lucky luna "
    "madison major manchester marine mark marks marsh marshall mason master max may mayor melbourne melody mercy "
    "merit merry milan miles mill miller minor misty montana moon moore moss mountain myth nelson new nice noble "
    "north nova oak ocean odessa olive oliver opal oracle orlando oxford page paige paris park parker parks part "
    "pascal pat patch patience pearl penny pepper perl perry perth petra phoenix pierce pike pine piper pitt pole "
    "pool poole poppy port porter post potter power powers pratt precious price prince prior proud prudence pure "
    "python quick quinn rain rainbow raven ray read reed reign rich richmond ridge ring river rivers roads rob "
    "robin rochester rock rocky root rose rowan royal ruby rush rust rusty sage sailor saint salesforce salt sandy "
    "savannah sawyer scarlet seal sentry serenity shade shadow shannon sharp sheffield shell shepherd short sierra "
    "silver singer siri skip sky sloan small smart smith snow sofia south spark sparks spear spencer spring star "
    "stark steel sterling stone storm story street strong sue summer summers sun sunny swan swift sydney tailor "
    "tanner tate taylor temple terry tesla thorn tiger tower towers trace travis trinity trip troy true tucker "
    "turner tyler uber unity vale valencia van velvet venus verona victor victoria victory vienna viola violet "
    "virginia walker wall walls ward warren washington water waters way weaver webb weeks wellington wells west "
    "wheeler white wild will windsor winter winters wise wolf wood woods woody wren wright york young zen".split()
)
"""Given and family names that are also words, months, products or places."""
