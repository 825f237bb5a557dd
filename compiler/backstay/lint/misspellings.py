"""Resources of the inventory that selections just miss, by a slip of the pen on one side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from backstay.lint.comparisons import Compared, compared
from backstay.lint.context import Context
from backstay.lint.site import SelectionSite
from backstay.lint.spelling import alike
from backstay.lint.takings import Reached, takings

Tag = tuple[str, str]

_NONE: frozenset[Tag] = frozenset()


@dataclass(frozen=True, slots=True)
class Missed:
    """A resource with almost the tag that a selection asks for; `absent`: no resource at all has that tag."""

    asked: Compared
    tag: Tag
    arn: str
    absent: bool


@dataclass(frozen=True, slots=True)
class Misses:
    """The resources that each selection just misses.

    A resource counts if no plan takes it and nobody thought of any of its tags, or if nothing has the tag that is
    asked for.
    """

    comparisons: Mapping[int, Sequence[Compared]]
    near: Mapping[Tag, frozenset[Tag]]
    absent: frozenset[Tag]
    _found: dict[int, list[Missed]] = field(default_factory=lambda: defaultdict(list))

    def by(self, site: SelectionSite) -> Sequence[Missed]:
        """Those that one selection misses."""
        return self._found.get(id(site.selection), ())

    def add(self, resource: Reached) -> None:
        """Look at one resource through the selections of its place."""
        tags = frozenset(_tags(resource))
        here = [id(one) for plan in resource.shape.plans for one in plan.selections]
        asked = {_pair(one) for name in here for one in self.comparisons[name]}
        lost = resource.free and asked.isdisjoint(tags)
        for name in here:
            for one in self.comparisons[name]:
                close = self.near.get(_pair(one), _NONE) & tags if one.operator == "==" else _NONE
                if close and (lost or _pair(one) in self.absent):
                    self._count(name, one, close - self._known(name, one, asked), resource.arn)

    def _known(self, selection: int, missing: Compared, asked: Iterable[Tag]) -> set[Tag]:
        """What the selection asks for as well, and other spellings of its own tag (rule `tag-spelled-two-ways`)."""
        own = {_pair(one) for one in self.comparisons[selection]}
        return own | {tag for tag in asked if _folded(tag) == _folded(_pair(missing))}

    def _count(self, selection: int, asked: Compared, tags: frozenset[Tag], arn: str) -> None:
        for tag in sorted(tags):
            self._found[selection].append(Missed(asked, tag, arn, _pair(asked) in self.absent))


@lru_cache(maxsize=1)
def missed(context: Context) -> Misses:
    """What the selections of the context miss of its inventory."""
    resources = takings(context).reached
    sites = {id(site.selection): site for site in context.selections} if resources else {}
    comparisons = {name: tuple(compared(site)) for name, site in sites.items()}
    asked = frozenset(_pair(one) for tests in comparisons.values() for one in tests if one.operator == "==")
    carried = {tag for one in resources for tag in _tags(one)}
    found = Misses(comparisons, _near(asked, carried), asked - carried)
    for resource in resources if found.near else ():
        found.add(resource)
    return found


def _near(asked: Iterable[Tag], carried: Iterable[Tag]) -> dict[Tag, frozenset[Tag]]:
    """For each tag that is asked for, those of resources that differ by a slip in the key or in the value."""
    values: dict[str, set[str]] = defaultdict(set)
    for key, value in carried:
        values[key].add(value)
    near = {one: frozenset(_slips(*one, values)) for one in asked}
    return {one: tags for one, tags in near.items() if tags}


def _slips(key: str, value: str, values: Mapping[str, Iterable[str]]) -> Iterator[Tag]:
    for other, known in values.items():
        if other == key:
            yield from ((key, one) for one in known if alike(one, value))
        elif alike(other, key):
            yield from ((other, one) for one in known if one.casefold() == value.casefold())


def _folded(tag: Tag) -> Tag:
    return tag[0].casefold(), tag[1].casefold()


def _pair(one: Compared) -> Tag:
    return one.key, one.value


def _tags(resource: Reached) -> Iterator[Tag]:
    return ((str(key), str(value)) for key, value in resource.tags.items())
