// Looking up by a key that a caller gave.

/** The record's own value: never what every object inherits, such as `constructor` and `toString`. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
