"""Examples in docstrings and documents: `expression ;=> value`, where the expression may take several lines."""

import re


def examples_of(text):
    """For each example the numbers of its first and last line, the expression and its value."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if ";=>" not in line:
            continue
        first, expression = number, line.split(";=>")[0]
        while first > 0 and expression.count("(") < expression.count(")"):
            first -= 1
            expression = lines[first] + "\n" + expression
        yield first, number, expression.strip(), line.split(";=>", 1)[1].strip()


def as_test(name, expression, value):
    """The example as a test: values that evaluate to themselves, or data to compare with."""
    quoted = "'" if value[:1] in "([{'#" or re.match(r"[a-z][\w-]*$", value) else ""
    text = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'(test/run "{text}" (fn [] (test/assert-eq {quoted}{value} {expression})))'


def as_program(block):
    """The block with its examples made tests, and how many they are."""
    lines, count = block.split("\n"), 0
    for first, last, expression, value in list(examples_of(block)):
        lines[first : last + 1] = [as_test(expression, expression, value)] + [""] * (last - first)
        count += 1
    return "\n".join(lines) + ("\n(test/run-all)\n" if count else ""), count
