"""Every input that the fuzzer keeps does what any input must, and so do inputs that are made from them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support_fuzz import Target

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())
TARGET = Target()


@pytest.mark.parametrize("kept", CORPUS, ids=lambda path: path.name)
def test_what_the_fuzzer_found(kept: Path) -> None:
    assert TARGET(kept.read_bytes())


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """Stretches of kept inputs put together, with some bytes changed."""
    data = bytearray()
    for _ in range(draw(st.integers(1, 3))):
        kept = draw(st.sampled_from(CORPUS)).read_bytes()[1:]
        start = draw(st.integers(0, len(kept)))
        data += kept[start : draw(st.integers(start, len(kept)))]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
    return bytes([draw(st.integers(0, 255)), *data])


@settings(max_examples=200)
@given(mutants())
def test_what_could_be_found(data: bytes) -> None:
    assert TARGET(data)


def test_there_is_a_corpus() -> None:
    assert len(CORPUS) > 30
    assert sum(kept.stat().st_size for kept in CORPUS) < 2_000_000
