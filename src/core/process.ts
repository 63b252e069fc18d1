// Whether a process of this machine still runs.

import { readFileSync } from "node:fs";

/** False also for one that has ended but that nobody has waited for yet: a container's first process may never do. */
export function isProcessAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return process.platform !== "linux" || !isZombie(pid);
}

/**
 * While other threads of it still end, its files and ports are not free yet.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html behind the name in brackets: the state, …, the number of threads
 */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" && Number(fields[17]) <= 1;
  } catch {
    return false;
  }
}
