"""Texts that would run a script, or draw what is not ours, wherever they are shown without being escaped.

Each calls `owned()`; a page that runs it sets a flag which tests look for.
"""

_CALLS = ["owned()", "window.owned()", "top['own'+'ed']()", "self[`owned`]()"]
_TAGS = [
    "<script>{}</script>", "<SCRIPT>{}</SCRIPT>", "<scr<script>ipt>{}</scr</script>ipt>", "<script src=data:,{}></script>",
    "<script type=module>{}</script>", "<svg><script>{}</script></svg>", "<svg onload={}>", "<svg/onload={}//",
    "<img src=x onerror={}>", "<img src=x onerror=\"{}\">", "<IMG SRC=x OnErRoR={}>", "<img src=x:x onerror\n={}>",
    "<img/src=x/onerror={}>", "<image src=x onerror={}>", "<body onload={}>", "<iframe onload={}></iframe>",
    "<iframe src=\"javascript:parent.{}\"></iframe>", "<iframe srcdoc=\"<script>parent.{}</script>\"></iframe>",
    "<object data=\"javascript:{}\"></object>", "<embed src=\"javascript:{}\">", "<video><source onerror={}></video>",
    "<audio src=x onerror={}>", "<details open ontoggle={}>", "<input autofocus onfocus={}>", "<select autofocus onfocus={}>",
    "<textarea autofocus onfocus={}>", "<marquee onstart={}>x</marquee>", "<a href=\"javascript:{}\" id=x>x</a>",
    "<form><button formaction=\"javascript:{}\">x</button></form>", "<math><mi xlink:href=\"javascript:{}\">x</mi></math>",
    "<base href=\"javascript:{}//\">", "<meta http-equiv=refresh content=\"0;url=javascript:{}\">",
    "<link rel=stylesheet href=\"javascript:{}\">", "<style>@import 'javascript:{}';</style>",
    "<style>*{{background:url('javascript:{}')}}</style>", "<div style=\"background:url(javascript:{})\">x</div>",
    "<template><script>{}</script></template>", "<noscript><p title=\"</noscript><img src=x onerror={}>\">",
    "<p style=animation-name:x onanimationstart={}>x</p>", "<x onclick={} tabindex=1 id=x>x</x>",
]  # fmt: skip
_BREAKS = [
    "\"><script>{}</script>", "'><script>{}</script>", "\" onmouseover={} autofocus onfocus={} x=\"", "' onfocus={} autofocus x='",
    "</title><script>{}</script>", "</textarea><script>{}</script>", "</script><script>{}</script>", "</style><script>{}</script>",
    "--><script>{}</script>", "]]><script>{}</script>", "</mark><script>{}</script>", "<mark onmouseover={}>x</mark>",
    "`><img src=x onerror={}>", "${{{}}}", "{{{{ {} }}}}", "{{% {} %}}", "{{{{constructor.constructor('{}')()}}}}", "#{{{}}}",
    "javascript:{}", "JaVaScRiPt:{}", "java\tscript:{}", " javascript:{}", "data:text/html,<script>{}</script>",
    "vbscript:{}", "[x](javascript:{})", "![x](x\" onerror=\"{})", "<javascript:{}>", "[x]: javascript:{}",
    "# <script>{}</script>", "* <img src=x onerror={}>", "> <svg onload={}>", "```\n</code></pre><script>{}</script>\n```",
    "`<script>{}</script>`", "|a|\n|-|\n|<script>{}</script>|", "&lt;script&gt;{}&lt;/script&gt;", "&#60;script&#62;{}&#60;/script&#62;",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e", "%3Cscript%3E{}%3C/script%3E", "＜script＞{}＜/script＞", "\u2028{}\u2029",
]  # fmt: skip

PAYLOADS = [
    *(shape.format(*[_CALLS[number % len(_CALLS)]] * shape.count("{}")) for number, shape in enumerate([*_TAGS, *_BREAKS])),
    *(shape.format(_CALLS[number % len(_CALLS) - 1]) for number, shape in enumerate(_TAGS)),
]  # fmt: skip
