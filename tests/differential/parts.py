"""What a program is made of: each part is a text with holes, and what must be known of it.

Holes that every part shares:

* `$spark` a session, or how one is got where there is no name for it;
* `$it` the name of the thing, `$make` how it is made, `$use` what the function does with it;
* `$f` the function, then `$params`, `$args`, `$result` of the shape that the ship point asks for.

Any other hole is a name of the part's own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """How a ship point calls its function.

    Args:
        args: The parameters' names, `left, right`.
        result: What the function must return.
        types: The parameters' annotations, one word for each name.
        returns: The annotation of the result.
    """

    args: str = "item"
    result: str = "item"
    types: tuple[str, ...] = ()
    returns: str = ""

    @property
    def params(self) -> str:
        """The parameters as a `def` writes them."""
        names = self.args.split(", ") if self.args else []
        if not self.types:
            return self.args
        return ", ".join(f"{name}: {type_}" for name, type_ in zip(names, self.types, strict=True))

    @property
    def arrow(self) -> str:
        """The annotation of the result as a `def` writes it."""
        return f" -> {self.returns}" if self.returns else ""


@dataclass(frozen=True, slots=True)
class Ship:
    """A call that ships, or only looks like one, and a job that runs what it shipped.

    Args:
        api: Its name in the table of ship points, or what it looks like.
        argument: Which of its arguments ships.
        text: Statements of the driver; `#@` stands on the line of the call.
        shape: How the function is called.
        imports: What the statements need.
        top: What they need at module level.
        takes: `function`: any callable; `strict`: a `def` of exactly this shape; `pickled`: a
            function that no worker calls; `data`: anything, the same; `name`: a name, which the
            text calls itself; `ready`: what a decorator made.
        decorator: What stands above a `def`, for `ready`.
        look_alike: Nothing ships.
        again: What arrives is pickled once more.
        weight: How often it is drawn; what starts a stream or a process is drawn less.
    """

    api: str
    text: str
    shape: Shape = Shape()
    argument: str = ""
    imports: str = ""
    top: str = ""
    takes: str = "function"
    decorator: str = ""
    look_alike: bool = False
    again: bool = False
    weight: float = 1.0

    @property
    def name(self) -> str:
        """What the report calls it."""
        kind = " as a decorator" if self.decorator else ""
        return f"{self.api}{kind}" + (f", {self.argument}" if self.argument else "")


@dataclass(frozen=True, slots=True)
class Thing:
    """What may be captured.

    Args:
        name: What the report calls it.
        make: How it is made.
        uses: What a function may do with it; one that works where it travels.
        code: The rule that speaks of it; empty for what may travel.
        imports: What making and using it needs.
        top: The classes that it needs.
        on_worker: The thing itself travels, and using it fails, or acts, on the worker.
        unhashable: It may not stand in a set.
    """

    name: str
    make: str
    uses: tuple[str, ...] = ("str($it)",)
    code: str = ""
    imports: str = ""
    top: str = ""
    on_worker: bool = False
    unhashable: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """What the thing is put in.

    Args:
        name: What the report calls it.
        make: How the holder is made, of `$make`.
        access: How the thing is reached from `$it`.
        after: Statements that fill the holder once `$it` names it.
        top: Its class; `$make` is what a method of it would write.
        imports: What that needs.
        module: A file of its own that the class stands in, `$Holder` imported from it.
        use: What the function does with it, where the thing may be gone.
        owns: A class of the project holds it.
        hashes: What is in it must be hashable.
        once: What arrives cannot be pickled again.
    """

    name: str
    make: str
    access: str
    after: str = ""
    top: str = ""
    imports: str = ""
    module: str = ""
    use: str = ""
    owns: bool = False
    hashes: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True)
class Bind:
    """How a name gets the thing.

    Args:
        name: What the report calls it.
        text: Statements that end with `$it` bound.
        top: What they need at module level.
        imports: What they need.
        module: A file of its own, `$get` imported from it.
        site: `main` or `top` where it works in one place only.
        use: What the function does with it, where the thing may be gone.
    """

    name: str
    text: str
    top: str = ""
    imports: str = ""
    module: str = ""
    site: str = ""
    use: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """How a function's body comes to use the thing.

    Args:
        name: What the report calls it.
        block: Statements, with `$use`.
        expression: The same in a lambda; empty where there is no such thing.
        imports: What that needs.
        unreached: The use never runs.
    """

    name: str
    block: str
    expression: str = ""
    imports: str = ""
    unreached: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """How a function comes to know the thing.

    Args:
        name: What the report calls it.
        top: Statements at module level.
        main: Statements of the driver.
        function: What ships.
        root: What the function calls the thing.
        files: Other modules, by name; each is text like `top`.
        imports: What the script needs, the other modules' names included.
        exact: `def` or `lambda` of the ship point's shape; empty: some callable.
        level: Where `function` is a name: `main` or `top`.
        use: What the function does with the thing, where it may be gone.
        decorates: A `$decorator` may stand above the function.
        owns: A class of the project holds the thing.
        data: What ships is no function.
    """

    name: str
    top: str = ""
    main: str = ""
    function: str = "$f"
    root: str = "$it"
    files: tuple[tuple[str, str], ...] = ()
    imports: str = ""
    exact: str = ""
    level: str = "main"
    use: str = ""
    decorates: bool = False
    owns: bool = False
    data: bool = False

    @property
    def site(self) -> str:
        """Where the thing is bound: `main`, or `top` of the script or of a module."""
        return "main" if "$bind" in self.main else "top"

    @property
    def binds(self) -> bool:
        """Whether a statement binds the thing to a name; else `$make` stands in an expression."""
        return any("$bind" in text for text in (self.top, self.main, *dict(self.files).values()))


@dataclass(frozen=True, slots=True)
class Wrap:
    """What the function is wrapped in before it ships.

    Args:
        name: What the report calls it.
        text: Statements where the function is known as `$f`.
        function: What ships then.
        imports: What that needs.
        exact: As for `Reach`.
        owns: A class of the project holds the function.
    """

    name: str
    text: str = ""
    function: str = "$w"
    imports: str = ""
    exact: str = ""
    owns: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """Where the call stands.

    Args:
        name: What the report calls it.
        main: Statements of the driver, with the block `$ship` or a call of what holds it.
        top: Module level of the script, the same.
        module: A file of its own, `$module`.
        imports: What the script needs.
        session: What the statements of the call name the session, where it is not `$spark`.
        function: What they name the function, where it is not `$f`.
    """

    name: str
    main: str = "$ship"
    top: str = ""
    module: str = ""
    imports: str = ""
    session: str = "$spark"
    function: str = "$f"


@dataclass(frozen=True, slots=True)
class Decoy:
    """Code beside the point, which runs and is right.

    Args:
        name: What the report calls it.
        top: Statements at module level.
        main: Statements of the driver.
        imports: What they need.
    """

    name: str
    top: str = ""
    main: str = ""
    imports: str = ""
