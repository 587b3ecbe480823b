"""A terminal for tests: a program on a pty, and a screen that understands what it draws. Nothing sleeps: whoever expects
something waits until the screen shows it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata

from harness import PATIENCE, Failure

SEQUENCE = re.compile(r"\x1b(?:\[([?>]?)([0-9;]*)([@-~])|[()]([0-9A-B])|([=>78cDEHM]))")
UNFINISHED = re.compile(r"\x1b(?:\[[?>]?[0-9;]*|[()])?\Z")


def columns_of(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Screen:
    """Rows of cells, as an xterm would show them, with what scrolled off above."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.above, self.lines = [], [[] for _ in range(rows)]
        self.row = self.column = 0
        self.full = False  # the last column is written: the next character wraps
        self.pending = ""
        self.colours = False  # some text came in a colour

    def feed(self, text):
        text, self.pending = self.pending + text, ""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                if match := SEQUENCE.match(text, at):
                    if match[3]:
                        self.control(match[3], [int(n or 0) for n in match[2].split(";")], match[1])
                    at = match.end()
                    continue
                if UNFINISHED.match(text, at):
                    self.pending = text[at:]
                    return
            self.character(text[at])
            at += 1

    def character(self, c):
        if c == "\r":
            self.column, self.full = 0, False
        elif c == "\n":
            self.down()
        elif c == "\b":
            self.column, self.full = max(0, self.column - 1), False
        elif c == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)
        elif c >= " ":
            width = columns_of(c)
            if self.full or self.column + width > self.columns:
                self.column, self.full = 0, False
                self.down()
            line = self.lines[self.row]
            line.extend([" "] * (self.column + width - len(line)))
            line[self.column] = c
            if width == 2:
                line[self.column + 1] = ""
            self.column += width
            if self.column >= self.columns:
                self.column, self.full = self.columns - 1, True

    def down(self):
        self.full = False
        if self.row + 1 < self.rows:
            self.row += 1
            return
        self.above.append(self.lines.pop(0))
        self.lines.append([])

    def control(self, final, numbers, private):
        count = max(1, numbers[0])
        line = self.lines[self.row]
        if private:
            return
        if final != "m":
            self.full = False
        if final == "A":
            self.row = max(0, self.row - count)
        elif final == "B":
            self.row = min(self.rows - 1, self.row + count)
        elif final == "C":
            self.column = min(self.columns - 1, self.column + count)
        elif final == "D":
            self.column = max(0, self.column - count)
        elif final == "G":
            self.column = min(self.columns, count) - 1
        elif final == "d":
            self.row = min(self.rows, count) - 1
        elif final == "H":
            self.row = min(self.rows, count) - 1
            self.column = min(self.columns, max(1, numbers[1] if len(numbers) > 1 else 1)) - 1
        elif final == "K":
            if numbers[0] == 0:
                del line[self.column :]
            else:
                line[: self.column + 1] = [" "] * min(len(line), self.column + 1)
        elif final == "J":
            if numbers[0] == 0:
                del line[self.column :]
                self.lines[self.row + 1 :] = [[] for _ in range(self.rows - self.row - 1)]
            else:
                self.lines = [[] for _ in range(self.rows)]
        elif final == "P":
            del line[self.column : self.column + count]
        elif final == "X":
            line[self.column : self.column + count] = [" "] * count
        elif final == "@":
            line.extend([" "] * (self.column - len(line)))
            line[self.column : self.column] = [" "] * count
            del line[self.columns :]
        elif final == "m":
            self.colours = self.colours or any(30 <= number < 38 for number in numbers)
        else:
            raise Failure(f"the screen doesn't know CSI {numbers} {final}")

    def text(self):
        """All lines, without blanks at their ends, and without empty ones at the end."""
        return "\n".join("".join(line).rstrip() for line in self.above + self.lines).rstrip("\n")

    def cursor_line(self):
        """The text of the line in which the cursor stands, up to it."""
        line = self.lines[self.row]
        return "".join(line[: self.column] + [" "] * (self.column - len(line)))


KEYS = {"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F", "tab": "\t",
        "enter": "\r", "delete": "\x1b[3~", "backspace": "\x7f", "alt-enter": "\x1b\r"}


class TerminalProgram:
    """A program on a terminal. Ends with the `with` block, by its own process id only."""

    def __init__(self, arguments, environment=None, folder=None, columns=80, rows=40):
        self.screen = Screen(columns, rows)
        self.arguments = [str(argument) for argument in arguments]
        self.status = None
        variables = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", **(environment or {})}
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            try:
                if folder:
                    os.chdir(folder)
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execve(self.arguments[0], self.arguments, variables)
            finally:
                os._exit(127)
        self.resize(columns, rows)
        self.bytes = b""

    def resize(self, columns, rows=None):
        self.screen.columns = columns
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows or self.screen.rows, columns, 0, 0))

    def type(self, text):
        os.write(self.terminal, text.encode())

    def enter(self, text):
        self.type(text + "\r")

    def key(self, name):
        """One of KEYS, or `c` with control as "^c"."""
        self.type(chr(ord(name[1].upper()) & 31) if name[0] == "^" else KEYS[name])

    def signal(self, number):
        os.kill(self.process, number)

    def read(self, timeout):
        """Takes what there is, or waits for something. False: the program has ended."""
        ready, _, _ = select.select([self.terminal], [], [], timeout)
        if not ready:
            return True
        try:
            got = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.bytes += got
        text = self.bytes.decode("utf-8", "ignore")  # a character cut in two comes with the next bytes
        cut = len(self.bytes) - len(text.encode())
        self.bytes = self.bytes[len(self.bytes) - cut :] if 0 < cut < 4 else b""
        self.screen.feed(text)
        return bool(got)

    def wait(self, holds, what, timeout=20):
        deadline = time.monotonic() + timeout * PATIENCE
        alive = True
        while not holds():
            if time.monotonic() > deadline or not alive:
                raise Failure(f"{'not in time' if alive else 'the program ended before'}: {what}\nthe screen:\n{self.screen.text()}")
            alive = self.read(0.1)

    def shows(self, text, timeout=20):
        """Waits until it is on the screen."""
        self.wait(lambda: text in self.screen.text(), repr(text), timeout)

    def matches(self, pattern, timeout=20):
        self.wait(lambda: re.search(pattern, self.screen.text(), re.M), pattern, timeout)

    def line(self, text, timeout=20):
        """Waits until the cursor stands behind this text, which is all of its line so far."""
        self.wait(lambda: self.screen.cursor_line() == text, f"the cursor behind {text!r}", timeout)

    def prompt(self):
        """Waits for a fresh prompt."""
        self.line("qi> ")

    def ends(self, timeout=20):
        """The exit status (negative: a signal)."""
        deadline = time.monotonic() + timeout * PATIENCE
        while self.status is None:
            if not self.read(0.05):
                time.sleep(0.005)  # the terminal is closed; the process is about to end
            done, status = os.waitpid(self.process, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise Failure(f"still running\nthe screen:\n{self.screen.text()}")
        return self.status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.terminal)
