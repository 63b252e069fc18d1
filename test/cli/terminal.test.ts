// On a real terminal: Ctrl-C through a pseudo-terminal, and output into a reader that stops reading.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BIN, cleanEnvironment, openWorkplace, type Workplace } from "./awsls.ts";

const PYTHON = findPython();

let place: Workplace;
beforeEach(() => {
  place = openWorkplace();
});
afterEach(() => place.close());

/** Runs the command on a pseudo-terminal (Python's own `pty`), types Ctrl-C in its moment, and tells the exit code. */
const ON_TERMINAL = `
import fcntl, os, pty, select, struct, sys, termios, time
moment, args = sys.argv[1], sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    if sys.argv[2] != "0":
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[2]), 0, 0))
    os.execvp(args[0], args)
end, typed, seen = time.time() + 30, False, b""
start = time.time()
while time.time() < end:
    due = (time.time() - start) * 1000 >= float(moment) if moment.isdigit() else moment.encode() in seen
    if not typed and due:
        os.write(terminal, b"\\x03")
        typed = True
    ready, _, _ = select.select([terminal], [], [], 0.02)
    if ready:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        seen += data
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(seen)
if os.WIFSIGNALED(status):
    sys.stdout.buffer.write(b"ended by the system")
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
`;

describe.skipIf(PYTHON === undefined)("Ctrl-C", () => {
  // A terminal of 0 columns is one that does not know its size.
  it.each([
    ["250", "80"],
    ["500", "0"],
    ["Local cloud started", "40"],
    ["created", "80"],
    ["function     created", "80"],
  ])("at %s, %s columns: state saved, up goes on, down leaves nothing", async (moment, columns) => {
    const { code, text } = await interrupt(moment, columns, "up", "--local");
    expect([0, 130]).toContain(code);
    const state = join(place.folder, ".awsls/http-crud-tutorial.json");
    // So early that Node had not loaded the program yet: then nothing has begun.
    if (text.endsWith("ended by the system")) expect(existsSync(state)).toBe(false);
    else if (code === 130) expect(text).toContain("Interrupted");
    if (existsSync(state)) expect(() => JSON.parse(readFileSync(state, "utf8")) as unknown).not.toThrow();
    const resumed = await place.awsls("up", "--local");
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(await place.awsls("down")).toMatchObject({ code: 0 });
    expect(readdirSync(place.folder)).toEqual([]);
  });
});

describe.skipIf(PYTHON === undefined)("the question before deleting", () => {
  it("Ctrl-C at it deletes nothing, exit 130, no stack trace", async () => {
    await place.awsls("up", "--local");
    const { code, text } = await interrupt("Go on?", "80", "down");
    expect(code).toBe(130);
    expect(text).toContain("Go on?");
    expect(text).not.toContain("bug");
    expect(await place.awsls("test")).toMatchObject({ code: 0 });
    await place.awsls("down");
  });
});

it.skipIf(process.platform === "win32")("piped into head: no stack trace", () => {
  mkdirSync(join(place.folder, "sub"));
  const output = execFileSync("sh", ["-c", `"${process.execPath}" "${BIN}" --help 2>&1 | head -1`], {
    cwd: place.folder,
    env: cleanEnvironment(),
    encoding: "utf8",
  });
  expect(output).toBe("Usage: awsls [options] [command]\n");
});

/** @param moment milliseconds from the start, or what has to be on the screen */
function interrupt(moment: string, columns: string, ...args: string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(PYTHON ?? "", ["-c", ON_TERMINAL, moment, columns, process.execPath, BIN, ...args], {
      cwd: place.folder,
      env: cleanEnvironment({ TERM: "xterm" }),
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, text }));
  });
}

function findPython(): string | undefined {
  try {
    execFileSync("python3", ["-c", "import pty"], { stdio: "ignore" });
    return "python3";
  } catch {
    return undefined;
  }
}
