/** One at random, as KrakenD chooses hosts where it has more than one processor. */
export const pickOne = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : list[Math.floor(Math.random() * list.length)])
