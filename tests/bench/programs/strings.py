import sys


def line(i):
    return f"item-{i}: {i * i} pieces"


def shorten(text):
    colon = text.index(":")
    return text[:colon].upper() + "=" + text[colon + 2:].replace("pieces", "pcs")


n = int(sys.argv[1]) if len(sys.argv) > 1 else 150000
text = "\n".join(line(i) for i in range(n))
joined = ";".join(shorten(part) for part in text.split("\n"))
print(len(text), len(joined), joined[-24:])
