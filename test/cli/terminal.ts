// A command on a pseudo-terminal, by Python's own `pty`: what is typed at which moment, what was on the screen.

import { execFileSync, spawn } from "node:child_process";
import { BIN, cleanEnvironment } from "./awsls.ts";

/** Undefined where there is no Python, or one without `pty` (Windows). */
export const PYTHON = findPython();
export const CTRL_C = "\u0003";

export interface Typing {
  /** Milliseconds from the start, or what has to be on the screen since the last typing. */
  readonly when: string;
  readonly type: string;
  /** Of the terminal; 80 unless given, "0" for one that does not know its size. */
  readonly columns?: string;
}

const ON_TERMINAL = `
import fcntl, json, os, pty, select, struct, sys, termios, time
typings, args = json.loads(sys.argv[1]), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    if sys.argv[2] != "0":
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[2]), 0, 0))
    os.execvp(args[0], args)
end, seen, since = time.time() + 30, b"", 0
start = time.time()
while time.time() < end:
    moment = typings[0]["when"] if typings else ""
    due = (time.time() - start) * 1000 >= float(moment) if moment.isdigit() else moment.encode() in seen[since:]
    if typings and due:
        since = len(seen)
        os.write(terminal, typings.pop(0)["type"].encode())
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
if not termios.tcgetattr(terminal)[3] & termios.ECHO:
    sys.stdout.buffer.write(b"the terminal shows no typing")
if os.WIFSIGNALED(status):
    sys.stdout.buffer.write(b"ended by the system")
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
`;

/** @param typed one after the other */
export function onTerminal(
  cwd: string,
  typed: Typing | readonly Typing[],
  ...args: string[]
): Promise<{ code: number | null; text: string }> {
  const typings = [typed].flat();
  const columns = typings[0]?.columns ?? "80";
  return new Promise((resolve, reject) => {
    const script = ["-c", ON_TERMINAL, JSON.stringify(typings), columns];
    const child = spawn(PYTHON ?? "", [...script, process.execPath, BIN, ...args], {
      cwd,
      env: cleanEnvironment({ TERM: "xterm" }),
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    // A character of several bytes may come in two parts.
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
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
