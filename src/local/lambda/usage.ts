// What a function's process says of itself with each answer, in a header of our own: bytes it has logged, its largest
// memory in kilobytes, all since it started.

export interface Usage {
  readonly loggedBytes: number;
  readonly maxRssKb: number;
}

export function parseUsage(header: string | undefined): Usage {
  const [loggedBytes = 0, maxRssKb = 0] = (header ?? "").split(" ").map((text) => Number(text) || 0);
  return { loggedBytes, maxRssKb };
}
