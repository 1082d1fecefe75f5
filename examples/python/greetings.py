"""What a name may be and what a greeting says: the contract's rules, without calls."""

import unicodedata

import regex

from refusal import exhausted, invalid

MAX_NAME_CLUSTERS = 100
MAX_LANGUAGES = 100
MAX_NAMES = 1_000
DEFAULT_LANGUAGE = "ru"

GREETINGS = {
    "de": "Hallo, {}!",
    "en": "Hello, {}!",
    "es": "¡Hola, {}!",
    "ja": "こんにちは、{}さん！",
    "ru": "Привет, {}!",
}


def checked_name(name: str) -> str:
    """The name without the white space around it; raises Refusal where it is not valid."""
    name = name.strip()
    if not name:
        raise invalid("name", "must not be empty")
    # \X is a grapheme cluster (UAX #29): what a reader takes for one character.
    if len(regex.findall(r"\X", name)) > MAX_NAME_CLUSTERS:
        raise invalid("name", f"must not be longer than {MAX_NAME_CLUSTERS} characters")
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise invalid("name", "must not hold control characters")
    return name


def greet(name: str, language_tag: str = "", field: str = "language_tag") -> str:
    """The greeting; raises Refusal, which names `field` where the language is not known."""
    return greeting_in(language_tag, field).format(checked_name(name))


def greet_in_languages(name: str, language_tags: list[str]) -> list[tuple[str, str]]:
    """A greeting and its tag for each of the languages; raises Refusal before there is any."""
    if len(language_tags) > MAX_LANGUAGES:
        raise invalid("language_tags", f"must not be more than {MAX_LANGUAGES}")
    return [
        (greet(name, tag, f"language_tags[{index}]"), tag)
        for index, tag in enumerate(language_tags or [DEFAULT_LANGUAGE])
    ]


class Everyone:
    """The people of one greeting, named one after the other."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def add(self, name: str) -> None:
        """Raises Refusal where the name is not valid or one too many."""
        if len(self._names) == MAX_NAMES:
            raise exhausted(f"more than {MAX_NAMES} names")
        self._names.append(checked_name(name))

    def greet(self) -> str:
        """One greeting for all of them; raises Refusal where there is nobody."""
        if not self._names:
            raise invalid("name", "nobody was named")
        *first, last = self._names
        everyone = f"{', '.join(first)} и {last}" if first else last
        return greeting_in(DEFAULT_LANGUAGE, "language_tag").format(everyone)


def greeting_in(language_tag: str, field: str) -> str:
    # A region or a script does not change the greeting: "ru-RU" is "ru".
    language = (language_tag or DEFAULT_LANGUAGE).split("-")[0].lower()
    if language not in GREETINGS:
        raise invalid(field, f"no greeting in «{language_tag}»; known: {', '.join(GREETINGS)}")
    return GREETINGS[language]
