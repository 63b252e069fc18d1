// One request of `awsls test`, as it went.

/** What a request is sent for beside its answer: "notAdmin": that the rule who may delete keeps the caller out. */
export type ExchangeNote = "withoutToken" | "notAdmin";

/** What the tutorial's API answers to a request. */
export interface Expected {
  readonly status: number;
  /** As JSON. */
  readonly body?: unknown;
  /** Of a list: whether that item is in it. */
  readonly item?: { readonly id: string; readonly isListed: boolean };
}

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
  readonly expected?: Expected;
  readonly note?: ExchangeNote;
}
