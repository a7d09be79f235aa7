"""What a seeded fault is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeededFault:
    """One small change to the source of the functions that a test must notice.

    Attributes:
        invariant: the invariant, or the rule for input, that it breaks (docs/design.md).
        name: what is wrong, in words.
        where: a function, class or module of `functions/` by its dotted name. The last parts are
            enough where no other name ends in them: `verify.Verifier.verify`.
        old: an expression, or statements, that occur exactly once in it. They are compared as
            syntax trees, so layout and comments do not matter. `...` stands for anything: any
            expression, or all statements of a body.
        new: what takes their place. Each `...` in it stands for what the one in `old` found, in
            order. Nothing removes the statements.
        killers: patterns of the test files that should notice it, the quickest first.
    """

    invariant: str
    name: str
    where: str
    old: str
    new: str
    killers: tuple[str, ...]
