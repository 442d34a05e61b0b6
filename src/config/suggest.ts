/** The candidate that was probably meant, or null where nothing is near enough to be helpful. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const allowed = word.length <= 4 ? 1 : word.length <= 7 ? 2 : 3;
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > allowed) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= allowed && (best === null || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate ?? null;
}

/** ` (did you mean local?)`, or nothing. */
export function didYouMean(word: unknown, candidates: readonly string[]): string {
  const meant = typeof word === 'string' ? nearest(word, candidates) : null;
  return meant === null ? '' : ` (did you mean ${meant}?)`;
}

/** How many letters have to be inserted, removed, changed or swapped with their neighbour. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, beforePrevious[column - 2]! + 1);
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
