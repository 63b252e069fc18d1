// The last requests, for whoever wants to know what was called: tests, `status`, a curious learner.

/** One operation that passed, as it ended. */
export interface LoggedRequest {
  /** Counts up from 1 over the life of the process. */
  readonly n: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly service: string;
  readonly operation: string;
  /** ARN of the caller; empty for an unsigned call. */
  readonly principal: string;
  /** HTTP status; 0 when the caller got no answer. */
  readonly status: number;
  readonly code?: string;
  readonly ms: number;
}

export interface RequestLog {
  add(entry: Omit<LoggedRequest, "n">): void;
  /** Entries after number `n`, oldest first, as far as they are still kept. */
  since(n: number): LoggedRequest[];
  clear(): void;
}

/** Keeps the last `capacity` requests; numbers go on after `clear`. */
export function createRequestLog(capacity = 5000): RequestLog {
  let entries: LoggedRequest[] = [];
  let count = 0;
  return {
    add(entry) {
      count += 1;
      entries.push({ n: count, ...entry });
      // Dropping half at once keeps the cost of a request flat.
      if (entries.length >= capacity * 2) entries = entries.slice(-capacity);
    },
    since: (n) => entries.slice(-capacity).filter((entry) => entry.n > n),
    clear() {
      entries = [];
    },
  };
}
