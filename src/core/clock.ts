// Time, so that tests need not wait for it.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** @throws {unknown} the signal's reason when it is aborted */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(toError(signal.reason));
      const timer = setTimeout(done, ms);
      function done(): void {
        signal?.removeEventListener("abort", stop);
        resolve();
      }
      function stop(): void {
        clearTimeout(timer);
        reject(toError(signal?.reason));
      }
      signal?.addEventListener("abort", stop, { once: true });
    }),
};

/** Whatever was thrown, as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
