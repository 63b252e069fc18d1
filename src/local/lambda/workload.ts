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
   * Whether an invocation was served of late. If not, those under way wait, whatever the earlier ones did. The first
   * process that has loaded counts as serving for as long, so that it can show what its code does.
   */
  isServing(): boolean;
  /** Whether no invocation of this code was served yet. */
  isUnknown(): boolean;
  /** Whether invocations are served, and most of them compute for much of their time. */
  isComputing(): boolean;
}

/** Far from all of its time: an invocation also waits for the tables, and for its core when other programs want it too. */
const COMPUTING = 0.1;
/** What the latest invocation counts at least; of the first few each counts as much as the others. */
const WEIGHT = 0.1;

/** @param lateMs when nothing was served for so long, none was served of late */
export function createWorkload(lateMs: number): Workload {
  let lastAt: number | undefined;
  /** What part of its time an invocation computes, about. */
  let share = 0;
  let count = 0;
  const isServing = (): boolean => lastAt !== undefined && performance.now() - lastAt < lateMs;
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
      [lastAt, share, count] = [undefined, 0, 0];
    },
    isServing,
    isUnknown: () => count === 0,
    isComputing: () => share > COMPUTING && isServing(),
  };
}
