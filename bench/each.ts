/** Does something `count` times, `atOnce` of them at the same time. @param act is told the how manieth it is, from 0 */
export async function each(count: number, atOnce: number, act: (nth: number) => Promise<void>): Promise<void> {
  let begun = 0
  const next = async () => {
    while (begun < count) await act(begun++)
  }
  await Promise.all(Array.from({ length: atOnce }, next))
}
