import json
import sys


def user(i):
    return {
        "id": i,
        "name": f"user {i}",
        "score": i + 0.25,
        "active": i % 2 == 0,
        "tags": ["red", "green", 'a "blue" one'],
        "place": {"x": 3 * i, "y": 7 - i, "note": "first line\nsecond line"},
    }


def stringify(value):
    return json.dumps(value, separators=(",", ":"))


users = [user(i) for i in range(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)]
text = stringify(users)
for _ in range(3):
    users = json.loads(text)
    text = stringify(users)
total = 0
for u in users:
    total += u["id"] + u["place"]["x"] + len(u["tags"])
print(len(text), total)
