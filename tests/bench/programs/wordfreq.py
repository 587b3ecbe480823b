import sys

SYLLABLES = ["ka", "Lo", "mi", "ne", "Ru", "so", "ti", "va", "we", "Xi"]


def word(x):
    return SYLLABLES[x % 10] + SYLLABLES[x // 10 % 7] + SYLLABLES[x // 100 % 10]


def make_text(n):
    x, words = 42, []
    for _ in range(n):
        words.append(word(x))
        x = x * 16807 % 2147483647
    return " ".join(words)


def count_words(words):
    counts = {}
    for each in words:
        counts[each] = counts.get(each, 0) + 1
    return counts


counts = count_words(make_text(int(sys.argv[1]) if len(sys.argv) > 1 else 1500000).lower().split(" "))
ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
print(len(ordered))
for each, times in ordered[:5]:
    print(each, times)
