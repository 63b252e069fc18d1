// Which operations are under way, so that a cloud can be sure that it is empty when it ends because of that.

export interface Traffic {
  /** @returns undefined when the cloud is ending: hang up */
  pass<T>(work: () => Promise<T>): Promise<T | undefined>;
  /**
   * Lets nothing pass any more if that holds and nothing was under way while it was found out.
   * @returns whether it is shut
   */
  shutIf(holds: () => Promise<boolean>): Promise<boolean>;
}

export function createTraffic(): Traffic {
  let begun = 0;
  let underWay = 0;
  let isShut = false;
  return {
    async pass(work) {
      if (isShut) return undefined;
      begun += 1;
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
      }
    },
    async shutIf(holds) {
      const before = begun;
      const isQuiet = underWay === 0;
      if ((await holds()) && isQuiet && begun === before) isShut = true;
      return isShut;
    },
  };
}
