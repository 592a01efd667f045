/** How many scenes each room of a tour has. */

/**
 * Every room comes before any has a second scene, those first that a camera can move in; then those that have photos left
 * which no scene shows.
 * @param rooms how many photos each has, none 0
 * @returns as many numbers, which together are `scenes`
 */
export function shareScenes(rooms: readonly number[], scenes: number): number[] {
  const shares = rooms.map(() => 0)
  for (let left = rooms.length > 0 ? scenes : 0; left > 0; left--) {
    let next = 0
    for (let room = 1; room < rooms.length; room++) {
      if (isBefore(turn(rooms[room] ?? 0, shares[room] ?? 0), turn(rooms[next] ?? 0, shares[next] ?? 0))) next = room
    }
    shares[next] = (shares[next] ?? 0) + 1
  }
  return shares
}

/** When a room of so many photos, which has so many scenes, gets the next one: the lowest comes first. */
function turn(photos: number, scenes: number): [use: number, scenes: number] {
  if (scenes === 0) return [photos > 1 ? 0 : 1, 0]
  if (2 * (scenes + 1) <= photos) return [2, scenes]
  if (scenes + 1 < photos) return [3, scenes]
  return [4 + Math.floor(scenes / photos), scenes]
}

const isBefore = (a: readonly [number, number], b: readonly [number, number]) =>
  a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])
