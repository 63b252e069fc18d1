// The server's time, where this machine's own may not be trusted.

import type { SdkMiddlewareStack } from "./middleware.ts";

/**
 * Notes when the server answers that command.
 * @returns the server's time in milliseconds, once it has answered; undefined when it did not tell
 */
export function timeOfAnswer(command: { readonly middlewareStack: unknown }): () => number | undefined {
  let answered: { readonly at: number; readonly here: number } | undefined;
  // As of a client: what is added here works for every command.
  const stack = command.middlewareStack as SdkMiddlewareStack;
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const at = Date.parse(dateOf(result.response));
      if (!Number.isNaN(at)) answered = { at, here: performance.now() };
      return result;
    },
    { step: "deserialize", name: "awslsTimeOfAnswer", priority: "low" },
  );
  return () => (answered === undefined ? undefined : answered.at + (performance.now() - answered.here));
}

function dateOf(response: unknown): string {
  const { headers = {} } = response as { readonly headers?: Readonly<Record<string, string>> };
  return headers["date"] ?? "";
}
