/** Async work on many items, a few at a time. */

/**
 * The results of `work`, in the order of the items. After the first failure nothing new begins; what runs already is awaited, then the
 * failure is thrown.
 * @param limit Items under way at once.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        results[index] = await work(items[index], index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  const failure = workers.find((each) => each.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return results;
}
