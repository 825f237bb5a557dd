"""Words that are spelt almost alike, of which one is perhaps a slip."""

from __future__ import annotations

_SWAPPED = 4
_LONG = 6
_SEPARATORS = str.maketrans("", "", " -_.:/+=@")


def alike(one: str, other: str) -> bool:
    """Whether two unlike words differ by case and separators, two letters that changed places, or one letter.

    Short words and words with digits must differ by less: `gold` and `bold`, `tier-1` and `tier-2` are two words.
    """
    if one == other:
        return False
    plain = [text.casefold().translate(_SEPARATORS) for text in (one, other)]
    if plain[0] == plain[1]:
        return bool(plain[0])
    if any(any(letter.isdigit() for letter in text) for text in plain):
        return False
    return _swapped(*plain) or _one_letter(*sorted(plain, key=len))


def _swapped(one: str, other: str) -> bool:
    """Whether two neighbours changed places."""
    if len(one) != len(other) or len(one) < _SWAPPED:
        return False
    unlike = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    return len(unlike) == 2 and unlike[1] == unlike[0] + 1 and sorted(one) == sorted(other)


def _one_letter(short: str, long: str) -> bool:
    """Whether one letter is missing, too much, or another; not the first, which makes another word."""
    if len(long) < _LONG or len(long) - len(short) > 1 or short[:1] != long[:1]:
        return False
    same = next((place for place, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]
