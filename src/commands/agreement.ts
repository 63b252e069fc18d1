// A question and what it is about: while it waits, things may change, and what is done is what was agreed to.

import { isSame } from "../core/change.ts";
import type { Answer } from "./context.ts";

interface Agreement<Seen> {
  /** @param before of the look before, when somebody has said yes to that */
  look(before: Seen | undefined): Promise<Seen>;
  /** Undefined when there is nothing to ask. */
  ask(seen: Seen): Promise<Answer | undefined>;
  /** What a yes is a yes to. */
  subject(seen: Seen): unknown;
}

/** After a person's yes it looks again, and asks again when something else would be done. */
export async function agree<Seen>({
  look,
  ask,
  subject,
}: Agreement<Seen>): Promise<{ readonly seen: Seen; readonly answer: Answer | undefined }> {
  let seen = await look(undefined);
  for (;;) {
    const answer = await ask(seen);
    if (answer !== "yes") return { seen, answer };
    const agreed = subject(seen);
    seen = await look(seen);
    if (isSame(agreed, subject(seen))) return { seen, answer };
  }
}
