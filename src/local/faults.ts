// Bad luck on request: the next calls of an operation are delayed, refused, or lose their connection.

/** What happens to the next `times` calls of an operation. */
export interface Fault {
  readonly service?: string;
  /** AWS's name, or `*`. */
  readonly operation: string;
  readonly times: number;
  /** With `code`: the error that is answered instead of running the operation. */
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  /** The connection breaks before the operation runs, or after it ran and before the answer. */
  readonly drop?: "before" | "after";
  readonly delayMs?: number;
  /** Never answered: the caller has to give up. */
  readonly hang?: boolean;
}

export interface Faults {
  add(fault: Fault): void;
  /** The fault that this call meets, counted as used. */
  take(service: string, operation: string): Fault | undefined;
  list(): Fault[];
  clear(): void;
}

export function createFaults(): Faults {
  let faults: Fault[] = [];
  return {
    add(fault) {
      if (fault.times > 0) faults.push(fault);
    },
    take(service, operation) {
      if (faults.length === 0) return undefined;
      const met = faults.find(
        (fault) => (fault.operation === operation || fault.operation === "*") && (fault.service ?? service) === service,
      );
      if (met) {
        faults = faults.flatMap((fault) => {
          if (fault !== met) return [fault];
          return fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
        });
      }
      return met;
    },
    list: () => [...faults],
    clear() {
      faults = [];
    },
  };
}

/**
 * Reads a fault from JSON.
 * @throws {TypeError} saying what is wrong with it
 */
export function parseFault(value: unknown): Fault {
  if (typeof value !== "object" || value === null) throw new TypeError("a fault is a JSON object");
  const given: Partial<Record<keyof Fault, unknown>> = value;
  const { operation, times = 1, drop } = given;
  if (typeof operation !== "string" || operation === "") throw new TypeError("a fault names its operation");
  if (typeof times !== "number" || !Number.isInteger(times)) throw new TypeError("times is a whole number");
  if (drop !== undefined && drop !== "before" && drop !== "after") throw new TypeError("drop is before or after");
  return {
    operation,
    times,
    ...(drop && { drop }),
    ...(given.hang === true && { hang: true }),
    ...(typeof given.service === "string" && { service: given.service }),
    ...(typeof given.status === "number" && { status: given.status }),
    ...(typeof given.code === "string" && { code: given.code }),
    ...(typeof given.message === "string" && { message: given.message }),
    ...(typeof given.delayMs === "number" && { delayMs: given.delayMs }),
  };
}
