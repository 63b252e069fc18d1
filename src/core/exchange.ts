// One request of `awsls test`, as it went.

export interface Exchange {
  readonly title: string;
  readonly method: string;
  readonly url: string;
  readonly sent?: string;
  readonly status: number;
  readonly body: string;
  /** Milliseconds from sending to the last byte. */
  readonly ms: number;
  readonly passed: boolean;
  /** What should have come instead. */
  readonly expected?: string;
}
