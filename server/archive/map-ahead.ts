/**
 * What `work` makes of each of `source`, in their order. So many more are begun while one is waited for or made use of; no more are held.
 */
export async function* mapAhead<From, To>(
  source: AsyncIterable<From> | Iterable<From>,
  ahead: number,
  work: (one: From) => Promise<To>,
): AsyncGenerator<To> {
  const begun: Promise<To>[] = [];
  for await (const one of source) {
    const made = work(one);
    // Whoever waits for it learns of the failure; after an earlier one nobody does.
    made.catch(() => undefined);
    begun.push(made);
    const first = begun.length > ahead ? begun.shift() : undefined;
    if (first) yield await first;
  }
  for (const made of begun) yield await made;
}
