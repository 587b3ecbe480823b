"""The programs of programs/ and what runs them. Each is there in Qi, Lua, JavaScript and Python, takes its size as its
argument, and prints the same in all four."""

import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
from harness import PYTHON, QI

PROGRAMS = {
    # name: the size at which instructions are counted, and the one at which the tests compare outputs; what is timed is
    # the size that the programs have without an argument.
    "startup": (0, 0),
    "fib": (22, 10),
    "tak": (7, 3),
    "loops": (600, 20),
    "sieve": (50_000, 200),
    "nqueens": (8, 5),
    "bintrees": (10, 4),
    "nbody": (1_000, 5),
    "mandelbrot": (60, 6),
    "spectral": (60, 5),
    "strings": (5_000, 20),
    "wordfreq": (10_000, 100),
    "mapint": (40_000, 300),
    "mapstr": (20_000, 300),
    "vector": (10_000, 100),
    "pipeline": (5_000, 20),
    "closures": (30_000, 50),
    "match": (500, 2),
    "jsontrip": (200, 3),
    "pingpong": (20_000, 20),
    "spawn": (5_000, 20),
    "sort": (2_000, 50),
}

PEERS = {
    # name: the command in front of the program, and how the program's name ends
    "Qi": ([QI], ".qi"),
    "lua5.4": (["lua5.4"], ".lua"),
    "luajit": (["luajit"], ".lua"),
    "luajit -joff": (["luajit", "-joff"], ".lua"),
    "node": (["node"], ".js"),
    "node --jitless": (["node", "--jitless"], ".js"),
    "python3": ([PYTHON], ".py"),
}


def installed(peer):
    return shutil.which(PEERS[peer][0][0]) is not None


def command(peer, program, *size):
    words, ending = PEERS[peer]
    return [*words, str(pathlib.Path(__file__).resolve().parent / "programs" / (program + ending)), *map(str, size)]
