/**
 * The chunks of `content`, until `signal` aborts: then its reason is thrown at once, even while `content` keeps us waiting.
 * However it ends, `content` is told to end too.
 */
export async function* abortableContent(
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = content[Symbol.asyncIterator]();
  let isAtEnd = false;
  try {
    for (;;) {
      const result = await nextUnlessAborted(iterator, signal);
      if (result.done) {
        isAtEnd = true;
        return;
      }
      yield result.value;
    }
  } catch (error) {
    // Its own error: there is nothing left to end.
    isAtEnd = !signal?.aborted;
    throw error;
  } finally {
    // Not awaited: a source that never answers must not hold us up.
    if (!isAtEnd) iterator.return?.().catch(() => undefined);
  }
}

function nextUnlessAborted<T>(
  iterator: AsyncIterator<T>,
  signal: AbortSignal | undefined,
): Promise<IteratorResult<T>> {
  if (!signal) return iterator.next();
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}
