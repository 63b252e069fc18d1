// Lists that AWS gives in pages.

export interface Page<T> {
  readonly items?: readonly T[] | undefined;
  /** AWS's token or marker of the page after this one. */
  readonly next?: string | undefined;
}

/** Reads every page: the first with `undefined`, each other with what the one before it named. */
export async function everyPage<T>(read: (next: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined;
  do {
    const page = await read(next);
    all.push(...(page.items ?? []));
    next = page.next;
  } while (next !== undefined);
  return all;
}
