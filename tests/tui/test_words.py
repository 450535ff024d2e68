"""Every word that the terminal may show is there in Chinese."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest

from armband.client.i18n import (
    CHINESE,
    ENGLISH,
    OPTION,
    _,
    catalogue,
    detect_language,
    ngettext,
    own_sentences,
    pgettext,
    set_language,
)
from armband.client.i18n.entries import title_of
from armband.client.i18n.po import CONTEXT, BadCatalogue, parse
from armband.client.i18n.words import author_word, moment_text, value_text
from armband.client.model import Entry, Standing
from armband.client.tui.problems import problem_words
from armband.client.tui.widgets.key_bar import key_name
from armband.shared.errors import InvalidRecord
from armband.shared.kinds import CATALOGUE, View
from armband.shared.policy import Policy
from armband.shared.words import LABELS
from support.msgids import in_code


def test_everything_in_the_code_is_translated() -> None:
    missing = {text: place for text, place in in_code().items() if text not in catalogue(CHINESE)}
    assert missing == {}


def test_the_catalogue_holds_the_terminals_own_sentences_alone() -> None:
    """What the shared core declares has its Chinese there, once (`armband.shared.words`)."""
    own = set(own_sentences(CHINESE))
    assert sorted(own - set(in_code())) == []
    assert sorted(own & set(LABELS)) == []


def test_nothing_is_translated_twice() -> None:
    text = files("armband.client.i18n").joinpath("zh_CN.po").read_text("utf-8")
    blocks = (block.partition("\nmsgstr")[0] for block in text.split("\n\n"))
    seen = Counter(block[block.find("msg") :] for block in blocks if "msgid" in block)
    assert [key for key, count in seen.items() if count > 1] == []


def test_placeholders_survive_translation() -> None:
    import string

    def names(text: str) -> set[str]:
        return {name for _text, name, _spec, _conv in string.Formatter().parse(text) if name}

    for key, texts in catalogue(CHINESE).items():
        if CONTEXT not in key:
            for text in texts:
                assert names(text) == names(key), key


def test_one_english_word_may_have_two_translations() -> None:
    set_language(CHINESE)
    assert (_("Door"), pgettext(OPTION, "Door")) == ("门牌", "上门")
    assert (_("Refused"), pgettext(OPTION, "Refused")) == ("退回", "拒访")


def test_counts() -> None:
    words = ("{count} waits for you", "{count} wait for you")
    assert ngettext(*words, 1) == words[0]
    assert ngettext(*words, 2) == words[1]
    set_language(CHINESE)
    assert ngettext(*words, 2) == "{count} 项待处理"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ENGLISH),
        ({"LANG": "C.UTF-8"}, ENGLISH),
        ({"LANG": "zh_CN.UTF-8"}, CHINESE),
        ({"LANG": "zh_CN.GBK"}, CHINESE),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, ENGLISH),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, CHINESE),
    ],
)
def test_the_locale_chooses(environ: dict[str, str], expected: str) -> None:
    assert detect_language(environ) == expected


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="none of the languages"):
        set_language("fr")


def test_the_reader_of_catalogues() -> None:
    text = """
# a comment
msgid ""
msgstr "Language: zh_CN\\n"

#, fuzzy
msgid "doubtful"
msgstr "存疑"

msgctxt "option"
msgid "Door"
msgstr "上门"

msgid "a \\"quoted\\" "
"line\\n"
msgstr "一"
"行"

msgid "left"
msgstr ""
"""
    assert parse(text) == {"option\x04Door": ("上门",), 'a "quoted" line\n': ("一行",)}
    with pytest.raises(BadCatalogue) as caught:
        parse('msgid "a"\nmsgstr b')
    assert caught.value.number == 2


def test_values_and_authors_in_words() -> None:
    set_language(CHINESE)
    shift = CATALOGUE["shift"].fields["begins_min"]
    told = value_text(shift, 960, names={}, policy=Policy(), today="2022-03-31")
    assert told == "16:00"
    assert moment_text(1_648_080_059_000, Policy(), "2022-03-24") == "08:00"
    assert (author_word("office"), author_word("李梅英")) == ("街道", "李梅英")
    assert [key_name(key) for key in ("left", "space", "ctrl+k")] == ["左", "空格", "^K"]


def test_a_title_tells_like_records_apart() -> None:
    """Two things to put right at one shop, found at one moment."""
    set_language(CHINESE)
    shop = "a" * 32
    titles = [
        title_of(
            Entry(
                View(b"r" * 16, "rectification", "lianhu", {"shop": shop, "item": item, "at": 1}),
                Standing.HELD,
                {shop: "小卖部"},
            ),
            Policy(),
            "2022-03-31",
        )
        for item in ("masks", "codes")
    ]
    assert titles == ["小卖部 口罩", "小卖部 验码"]


def test_a_problem_of_one_kind_alone_is_said_in_its_own_words() -> None:
    set_language(CHINESE)
    early = InvalidRecord("round", "until", "is before the first day")
    assert problem_words(early) == "止: 早于第一天"
    typed = InvalidRecord("household", "people", "a whole number, such as 3")
    assert problem_words(typed) == "人口: 应为：整数"
