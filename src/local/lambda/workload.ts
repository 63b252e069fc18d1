// What the invocations of a function are busy with, as far as another process would help: one that waits for others
// leaves the processor to more of its kind, one that computes does not.

/** What one invocation took. */
export interface Spent {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface Workload {
  /** A process has loaded. */
  loaded(): void;
  served(spent: Spent): void;
  /** Other code runs from now on. */
  forget(): void;
  /**
   * Whether most invocations compute for much of their time. Not when none was served of late: those under way wait,
   * whatever the others did.
   */
  isComputing(): boolean;
}

/** An invocation that computes shares its core with whatever answers it (here: the tables), so not nearly all of it. */
const COMPUTING = 0.2;
/** What the latest invocation counts at least; of the first few each counts as much as the others. */
const WEIGHT = 0.1;

/** @param lateMs when nothing was served for so long, none was served of late */
export function createWorkload(lateMs: number): Workload {
  /** When an invocation was served; at first, when there was one who could serve it: it gets the time to do so. */
  let lastAt: number | undefined;
  /** What part of its time an invocation computes, about. */
  let share = 1;
  let count = 0;
  return {
    loaded() {
      lastAt ??= performance.now();
    },
    served({ wallMs, cpuMs }) {
      lastAt = performance.now();
      // One by one: a single one that was held up does not make all of them wait.
      count += 1;
      share += (Math.min(1, cpuMs / wallMs) - share) * Math.max(WEIGHT, 1 / count);
    },
    forget() {
      [lastAt, share, count] = [undefined, 1, 0];
    },
    isComputing: () => share > COMPUTING && lastAt !== undefined && performance.now() - lastAt < lateMs,
  };
}
