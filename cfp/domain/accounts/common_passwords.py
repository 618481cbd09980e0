"""Long passwords that everybody thinks of, without their punctuation, in lower case.

Fifteen characters keep out the usual lists; what is left are those lists' words doubled, keyboard
walks, lines everybody knows, and this application's own subject.
"""

_WORDS = """
    1q2w3e4r5t6y7u8i9o0p 1qaz2wsx3edc4rfv 1qaz2wsx3edc4rfv5tgb 123456789012345 1234567890123456
    0123456789abcdef 123456789abcdefg 1234567890qwerty 123456789qwerty 123qweasdzxc123
    123456qwerty123456 12345qwert12345 qwertyuiopasdfgh qwertyuiopasdfghjkl qwertyuiop12345
    qwertyuiop1234567890 qwertyuiop123456 qwertzuiopasdfghjkl azertyuiopqsdfghjklm
    asdfghjklzxcvbnm zxcvbnmasdfghjkl qazwsxedcrfvtgb qazwsxedcrfvtgbyhnujm
    qwerty123456789 qwerty1234567890 abcdefghijklmno abcdefghijklmnop abcdefghijklmnopqrstuvwxyz
    password passwort passw0rd p4ssw0rd passphrase administrator administration letmein
    letmeinplease letmeinletmein iloveyou iloveyousomuch iloveyouforever welcome welcomehome
    changeme changemeplease pleasechangeme trustno1 secret supersecret topsecret supersecretpassword
    mysecretpassword mypassword thisismypassword thisisapassword thisisasecret
    passwordpassword adminpassword passwordadmin rootpassword userpassword userpasswordpassword
    defaultpassword temporarypassword initialpassword newpassword longpassword
    averylongpassword verylongpassword strongpassword securepassword averysecurepassword
    mylongpassword password1234567 password12345678 password123456789 password1234567890
    passwordpassword1 correcthorsebatterystaple correcthorsebattery horsebatterystaple
    thequickbrownfox thequickbrownfoxjumps thequickbrownfoxjumpsoverthelazydog
    loremipsumdolor loremipsumdolorsitamet tobeornottobe tobeornottobethatisthequestion
    maytheforcebewithyou livelongandprosper winteriscoming onceuponatime
    theanswerisfortytwo openthepodbaydoorshal allyourbasearebelongtous helloworldhelloworld
    howmuchwoodwouldawoodchuck ineverforgetmypassword idontknowmypassword iforgotmypassword
    nopasswordneeded whatisthepassword whatsthepassword guessmypassword
    superman batman starwars football baseball basketball sunshine princess dragon monkey
    manchesterunited liverpoolfc realmadrid barcelona
    callforpapers callforproposals callfortalks conference conferencepassword conferencespeaker
    programcommittee programmecommittee conferencechair speakerpassword reviewerpassword
"""
COMMON = frozenset(_WORDS.split())
