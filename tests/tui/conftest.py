"""Each test begins in English and leaves no language behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from armband.client.i18n import ENGLISH, set_language


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    set_language(ENGLISH)
    yield
    set_language(ENGLISH)
