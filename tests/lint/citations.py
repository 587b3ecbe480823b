"""What a page or a comment cites: links, paths, names of files, and commands. problems() yields those that aren't there.

In pages and in the comments of sources (a docstring of Python is one)

    a path     a word that begins with one of TOP: that file or folder, from the root or from the folder of who cites it.
               `*`, `{a,b}` and a word in capitals, such as NAME, stand for what fits
    a name     another word that ends in one of NAMED: a file whose path ends so

and in pages also

    a link     [text](path#anchor): the file, and the heading of a page
    a command  in backquotes or in a block: qi SUBCOMMAND; the suites of tests/run; the targets or tests of
               meson compile, ninja and meson test
"""

import ast
import functools
import io
import os.path
import re
import tokenize

TOP = ("interpreter", "stdlib", "tests", "docs", "examples", "packaging")
NAMED = (".md", ".cpp", ".hpp", ".py")
MESONS_OWN = {"all", "install", "meson-test-prereq"}  # targets that no meson.build names

PATH = re.compile(rf"(?<![\w./~-])(?:{'|'.join(TOP)})/(?:[\w./*+-]|\{{[\w.,*-]+\}})*")
NAME = re.compile(rf"(?<![\w./~*-])(?!(?:{'|'.join(TOP)})/)\w[\w./-]*(?:{'|'.join(map(re.escape, NAMED))})(?![\w-]|\.\w)")
ANY = re.compile(r"\*|\b[A-Z]{2,}\b(?!\.md\b)")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TARGET = re.compile(r"(?<=\])\([^)\s]+\)")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.M | re.S)
SPAN = re.compile(r"(`+)((?:(?!\n\n).)+?)\1", re.S)
BLOCK = re.compile(r"(?<=\n\n)(?:(?: {4}|\t).*\n)+")
C_TOKEN = re.compile(r"""R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\w)'(?:\\[^\n]|[^'\\\n])+'|(?P<comment>//[^\n]*|/\*.*?\*/)""", re.S)
LISP_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|(?P<comment>;[^\n]*)', re.S)
SHELL_TOKEN = re.compile(r"(?:^|(?<=\s))(?P<comment>#[^\n]*)", re.M)


class Tree:
    """The files that there are, and what the program and the build know by name."""

    def __init__(self, root, files):
        self.names = {str(path.relative_to(root)) for path in files}
        parts = [name.split("/") for name in self.names]
        self.places = self.names | {"/".join(each[:i]) for each in parts for i in range(1, len(each))}
        self.tails = {"/".join(each[i:]) for each in parts for i in range(len(each))}
        builds = "\n".join(path.read_text() for path in files if path.name == "meson.build")
        self.targets = MESONS_OWN | _first_arguments("executable|static_library|custom_target|run_target|alias_target", builds)
        self.tests = _first_arguments("test", builds)
        self.suites = {"meson", *(name for name in self.names if re.match(r"tests/.*\brun-", name))}
        table = re.search(r"^constexpr Command table\[\] = \{\n(.*?)^\};", (root / "interpreter/cli/commands.cpp").read_text(), re.M | re.S)
        self.subcommands = set(re.findall(r'^ +\{"([\w-]+)",', table[1], re.M))

    def has(self, word, folder):
        word = word.rstrip("/")
        if not self.places.isdisjoint((word, os.path.normpath(os.path.join(folder, word)))):
            return True
        pattern = re.sub(r"\\\{(.*?)\\\}", lambda found: f"(?:{found[1].replace(',', '|')})", re.escape(ANY.sub("\0", word)))
        return any(re.fullmatch(pattern.replace("\0", "[^/]*"), place) for place in self.places)


def _first_arguments(calls, builds):
    """Patterns for the names that calls in meson.build give: 'fuzz', and 'fuzz_' + name as fuzz_.*"""
    return {re.escape(name) + ".*" * bool(more) for name, more in re.findall(rf"\b(?:{calls})\(\s*'([^']+)'( *\+)?", builds)}


def _python_comments(text):
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


def _comments(path, text):
    """The comments of a source, each with the number of its first line; none where its language isn't known."""
    program = text.split("\n", 1)[0] if text.startswith("#!") else ""
    if path.suffix == ".py" or "python" in program:
        yield from _python_comments(text)
        return
    if path.suffix in (".cpp", ".hpp", ".js", ".cjs", ".mjs"):
        token = C_TOKEN
    elif path.suffix in (".qi", ".el"):
        token = LISP_TOKEN
    elif path.suffix in (".sh", ".build") or re.search(r"sh$|make\b", program):
        token = SHELL_TOKEN
    else:
        return
    for match in token.finditer(text):
        if match["comment"]:
            yield _line(text, match.start()), match["comment"]


def _line(text, at):
    return text.count("\n", 0, at) + 1


def _blanked(pattern, text):
    """The text with blanks for what matches, so that every place stays where it is."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


@functools.cache
def _anchors(path):
    """The anchors of a page's headings, as the sites that show Markdown make them."""
    found = {}
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", _blanked(FENCE, path.read_text()), re.M):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found[anchor] = found.get(anchor, 0) + 1
    return {f"{anchor}-{i}" if i else anchor for anchor, times in found.items() for i in range(times)}


def _commands(text):
    """Each command of a page as its words, with where it begins: what is in backquotes, and the lines of blocks."""
    prose = _blanked(FENCE, text)
    found = [(match.start(), match[2]) for match in SPAN.finditer(prose)]
    blocks = [(match.start(), match[0]) for match in BLOCK.finditer(prose)]
    blocks += [(match.start(2), match[2]) for match in FENCE.finditer(text) if match[1] in ("", "sh", "bash", "console")]
    for start, block in blocks:
        found += [(start + match.start(), match[0]) for match in re.finditer(r"^.+$", block, re.M)]
    for start, line in found:
        for part in re.split(r"&&|\|\|?|;", re.sub(r"(^|\s)#.*", "", line)):
            if words := re.sub(r"^\s*(?:\$\s|sudo\s|[A-Z_]+=\S*\s)*", "", part).split():
                yield start, words


def _wrong_in_text(text, tree, folder):
    for match in PATH.finditer(text):
        if not tree.has(word := match[0].rstrip(".-"), folder):
            yield match.start(), f"there is no {word}"
    for match in NAME.finditer(text):
        if match[0] not in tree.tails:
            yield match.start(), f"no file is called {match[0]}"


def _wrong_links(text, tree, root, path, folder):
    for match in LINK.finditer(_blanked(SPAN, _blanked(FENCE, text))):
        target, _, anchor = match[1].partition("#")
        if re.match(r"\w+:", target):
            continue
        name = os.path.normpath(os.path.join(folder, target)) if target else str(path.relative_to(root))
        if name not in tree.places:
            yield match.start(), f"there is no {name}"
        elif anchor and name.endswith(".md") and anchor not in _anchors(root / name):
            yield match.start(), f"{name} has no heading #{anchor}"


def _wrong_commands(text, tree):
    for start, words in _commands(text):
        plain = [word for before, word in zip(words, words[1:]) if word[0].islower() and before not in ("-C", "-j", "--sanitize")]
        if words[0] in ("qi", "./qi", "build/qi"):
            if len(words) > 1 and re.fullmatch(r"[a-z]+", words[1]) and words[1] not in tree.subcommands:
                yield start, f"qi has no subcommand {words[1]}"
        elif words[0] == "tests/run":
            for word in plain:
                if not any(word in suite for suite in tree.suites):
                    yield start, f"tests/run has no suite {word}"
        elif words[0] == "ninja" or words[:2] in (["meson", "compile"], ["meson", "test"]):
            known, what = (tree.tests, "test") if words[1:2] == ["test"] else (tree.targets, "target")
            for word in plain[words[0] == "meson":]:
                if not any(re.fullmatch(name, word) for name in known):
                    yield start, f"no meson.build has a {what} {word}"


def problems(root, files):
    """FILE:LINE: what is wrong there, for each citation in these files of something that isn't there."""
    tree = Tree(root, files)
    for path in files:
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        name = str(path.relative_to(root))
        folder = os.path.dirname(name)
        found = []
        if path.suffix == ".md":
            for wrong in (_wrong_in_text(_blanked(TARGET, text), tree, folder), _wrong_links(text, tree, root, path, folder), _wrong_commands(text, tree)):
                found += [(_line(text, at), what) for at, what in wrong]
        else:
            for first, comment in _comments(path, text):
                found += [(first + _line(comment, at) - 1, what) for at, what in _wrong_in_text(comment, tree, folder)]
        for line, what in sorted(set(found)):
            yield f"{name}:{line}: {what}"
