/**
 * Runs two works at once. When one fails, the other is aborted, and has ended when this throws what the first threw: so
 * neither writes any more into a folder that is cleared away.
 */
export async function sideBySide<A, B>(
  signal: AbortSignal | undefined,
  one: (signal: AbortSignal) => Promise<A>,
  other: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const failed = new AbortController()
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal
  const works = [one(either), other(either)] as const
  try {
    return await Promise.all(works)
  } catch (error) {
    failed.abort()
    await Promise.allSettled(works)
    throw error
  }
}
