import math
import sys

STEP = 0.01


class Body:
    __slots__ = ("x", "y", "z", "vx", "vy", "vz", "mass")

    def __init__(self, x, y, z, vx, vy, vz, mass):
        self.x, self.y, self.z, self.vx, self.vy, self.vz, self.mass = x, y, z, vx, vy, vz, mass


def pull(b, other):
    dx, dy, dz = b.x - other.x, b.y - other.y, b.z - other.z
    square = dx * dx + dy * dy + dz * dz
    if square != 0:
        force = other.mass * STEP / (square * math.sqrt(square))
        b.vx -= dx * force
        b.vy -= dy * force
        b.vz -= dz * force


def move(b):
    b.x += STEP * b.vx
    b.y += STEP * b.vy
    b.z += STEP * b.vz


def advance(bodies):
    for b in bodies:
        for other in bodies:
            pull(b, other)
    for b in bodies:
        move(b)


def speed_sum(bodies):
    total = 0.0
    for b in bodies:
        total = total + b.x + b.vx + b.vy + b.vz
    return total


bodies = [
    Body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0),
    Body(5.0, -1.0, -0.1, 0.5, 2.75, -0.05, 0.04),
    Body(8.5, 4.0, -0.4, -1.0, 1.75, 0.0, 0.01),
    Body(13.0, -15.0, -0.25, 1.0, 0.75, -0.0, 0.002),
    Body(15.5, -26.0, 0.2, 1.0, 0.5, -0.05, 0.002),
]
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 150000):
    advance(bodies)
print(f"{speed_sum(bodies):.9f}")
