"""Domains that anybody may have an address at: two people there need not know each other."""

PUBLIC_DOMAINS = frozenset(
    [
        *("126.com", "163.com", "aim.com", "aol.com", "atlas.cz", "bluewin.ch", "btinternet.com"),
        *("centrum.cz", "centrum.sk", "comcast.net", "cox.net", "duck.com", "email.cz"),
        *("email.com", "fastmail.com", "fastmail.fm", "foxmail.com", "free.fr", "freemail.hu"),
        *("freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net"),
        *("googlemail.com", "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.de"),
        *("hotmail.fr", "hotmail.it", "icloud.com", "inbox.lv", "inbox.ru", "interia.pl"),
        *("laposte.net", "libero.it", "list.ru", "live.com", "live.de", "live.fr", "live.nl"),
        *("mac.com", "mail.com", "mail.ru", "mailbox.org", "me.com", "msn.com", "naver.com"),
        *("o2.pl", "onet.pl", "orange.fr", "outlook.com", "outlook.de", "outlook.fr"),
        *("pm.me", "posteo.de", "posteo.net", "post.cz", "proton.me", "protonmail.ch"),
        *("protonmail.com", "qq.com", "rambler.ru", "rediffmail.com", "riseup.net"),
        *("rocketmail.com", "seznam.cz", "sfr.fr", "sina.com", "t-online.de", "tuta.com"),
        *("tutanota.com", "ukr.net", "verizon.net", "volny.cz", "wanadoo.fr", "web.de"),
        *("wp.pl", "ya.ru", "yahoo.ca", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk"),
        *("yahoo.com", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it", "yandex.com"),
        *("yandex.ru", "yeah.net", "ymail.com", "zoho.com"),
    ]
)
