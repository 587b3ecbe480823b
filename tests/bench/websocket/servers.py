"""The servers and the clients of this folder, one a peer, and the load generator that is sent to them, or serves them."""

import json
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "harness"), str(HERE.parent)]
import npm
from harness import NODE, PATIENCE, PYTHON, PYTHON_PEER, QI, Failure, Program, certificates, run

NAMES = ["Qi", "Node", "Bun", "Deno"]
CLIENT_NAMES = ["Qi", "Node", "Python", "Bun", "Deno"]


def command(name):
    """What starts the server, or nothing where the peer isn't installed."""
    program, script = {
        "Qi": lambda: ([QI], "server.qi"),
        "Node": lambda: ([shutil.which("node")], "server.cjs"),
        "Bun": lambda: ([npm.program("bun")], "server-bun.js"),
        "Deno": lambda: ([npm.program("deno"), "run", "--quiet", "--allow-net", "--allow-read"], "server-deno.js"),
    }[name]()
    return [*program, HERE / script] if program[0] else None


def client(name, load):
    """What starts the client for that load, or nothing where the peer isn't installed."""
    program, ending = {
        "Qi": lambda: ([QI], ".qi"),
        "Node": lambda: ([shutil.which("node")], ".cjs"),
        "Python": lambda: ([PYTHON], ".py"),
        "Bun": lambda: ([npm.program("bun")], ".mjs"),
        "Deno": lambda: ([npm.program("deno"), "run", "--quiet", "--allow-net", "--allow-read", "--cert", certificates() / "ca.pem"], ".mjs"),
    }[name]()
    return [*program, HERE / "clients" / (load + ending)] if program[0] else None


def build():
    """The load generator; ninja makes it if it isn't there, or is older than its files."""
    folder = pathlib.Path(QI).resolve().parent
    subprocess.run(["ninja", "-C", folder, "tests/bench/websocket/load"], check=True, stdout=subprocess.DEVNULL)
    return folder / "tests" / "bench" / "websocket" / "load"


def send_load(load, port, arguments, timeout=120):
    """What the load says of the server on this port, as a map; a Failure if it saw anything wrong."""
    return run_load(load, [*arguments, "--port", port], timeout)


def run_load(load, arguments, timeout=120, client=()):
    finished = run([load, *arguments, "--patience", 10 * PATIENCE, *client], timeout, {**NODE, **PYTHON_PEER})
    if finished.status != 0:
        raise Failure(f"{' '.join(map(str, arguments))}: status {finished.status}: {finished.stderr}")
    return json.loads(finished.stdout)


def measure(load, name, arguments):
    """The same of a peer's server, started for that; the load `many` has one of its own, which is Qi's."""
    if arguments[0] == "many":
        program = [QI, HERE / "many.qi", "5s"]
    else:
        program = [*command(name), *([certificates()] if "--tls" in arguments else [])]
    with Program(program, NODE) as server:
        port = server.line("^port ").split()[1]
        return send_load(load, port, [*arguments, "--server-pid", server.process.pid])


def measure_client(load, name, arguments):
    """What the load says of a peer's client, which it starts: the script of the load's name."""
    return run_load(load, [*arguments, "--certificates", certificates()], client=["--", *client(name, arguments[0])])
