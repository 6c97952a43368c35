"""What stands around a text on a site: invented names, and sentences as visitors and site owners write them."""

ORGANIZATIONS = (
    "Palebridge", "Ottermill", "Brightquay", "Harrow & Finch", "Tidewater Labs", "Lumenfold", "Quarrystone", "Veldt",
)  # fmt: skip
PEOPLE = (
    "Ines Okafor", "Tomasz Wrobel", "Priya Raman", "Jonas Lind", "Mei Castellano", "Ruth Abara", "Dag Lund", "Lo Pinto",
)  # fmt: skip
COMMENTS = (
    "We had the same thing happen to us last winter. In our case the retries made it much worse, and nobody noticed "
    "for an hour because the graphs were averaged over five minutes.",
    "Great write-up, thanks for being so open about it! I wish more companies would publish this kind of thing.",
    "Did you consider a circuit breaker in front of the database? It would have cost you a few failed requests but "
    "not the whole site. We wrote one in about two hundred lines and it has saved us twice.",
    "I don't understand why the rollback took so long. Surely the previous version was still on the machines? "
    "Or do you build images from scratch every time?",
    "First of all: hugops. Second: the part about the on-call person being on a train without reception made me "
    "laugh, because that was me in March.",
    "Honestly this reads like a symptom of a team that is too small. You cannot run three regions with four people, "
    "whatever tooling you buy.",
    "Could you say more about the alert that should have fired? We use the same vendor and I would like to check "
    "whether ours is configured the same way.",
    "Minor typo in the second paragraph, otherwise a very clear explanation. Sending this to my colleagues.",
    "+1 to what was said above. Timeouts, timeouts, timeouts. Everything else is decoration.",
    "How does this compare to the incident two years ago? It sounds like the same queue filled up again.",
)
TEASERS = (
    ("How we cut our build times in half", "Waiting for continuous integration was eating our afternoons. Here is what "
     "we measured first, what we threw away, and the one cache that made the difference."),
    ("Meet the platform team", "Seven people, four time zones and one very large whiteboard. We asked them what they "
     "are working on this year and which tool they would never give up."),
    ("Moving two million users to passkeys", "Passwords were our largest source of support tickets. This is the story "
     "of a migration that took nine months and surprised us three times."),
    ("A gentle introduction to backpressure", "Queues do not make a slow system fast. We explain with three small "
     "pictures what happens when producers outrun consumers."),
    ("Our hiring process, explained", "No puzzles and no take-home weekends. What you can expect when you apply, who "
     "you will talk to, and how long we take to answer."),
    ("What we learned from a year of chaos days", "Every first Thursday of the month we break something on purpose. "
     "Twelve experiments later we trust our runbooks a little more."),
    ("Announcing version five of our command line", "Faster start, friendlier errors and a plugin system. Upgrade "
     "today and tell us what you think in the community forum."),
    ("Why we still write documentation by hand", "Generated reference pages answer what, and never why. An argument "
     "for fewer pages with more thought in them."),
)  # fmt: skip
CONSENT = (
    "We value your privacy. We and our partners store and access information on a device, such as cookies, to measure "
    "audiences and to personalise content. You can change your choices at any time in the privacy centre.",
    "This website uses cookies. Some of them are necessary, others help us to understand how visitors use our pages. "
    "By clicking on accept all you agree to the storing of cookies on your device.",
)
LETTERS = (
    "Get our best stories in your inbox. One e-mail a month, no spam, and you can unsubscribe with a single click.",
    "Join 14,000 engineers who read our newsletter. Every second Tuesday we send what we have learned.",
)
ADDRESSES = ("12 Harbour Row, 2nd floor, Rotterdam", "Unit 4, Old Mill Lane, Bristol", "880 Larkspur Ave, Portland, OR")
ABOUT = (
    "{person} has worked on storage and networks for a decade and now leads the reliability team. When no pager is "
    "near, {person} bakes bread and repairs old radios.",
    "{person} writes about incidents and what they teach. Before joining us, {person} ran three data centres.",
)
TOPICS = ("Reliability", "Databases", "Networking", "Security", "Culture", "Product", "Open source", "Careers")
STRINGS = {
    "cta.title": "Start your free trial today, no credit card is needed and you can cancel whenever you like.",
    "footer.rights": "All rights reserved. Reproduction in whole or in part without permission is prohibited.",
    "error.network": "Something went wrong while loading this page. Please check your connection and try again.",
    "comments.rules": "Be kind. Comments are moderated and may take a day to appear on the site.",
}
