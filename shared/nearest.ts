// Which known word did a person most likely mean?

/** The known word nearest to `word`, or undefined when none is near enough to suggest. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const given = word.slice(0, 60).toLowerCase();
  const near = Math.max(1, Math.floor(given.length / 3));
  let best: string | undefined;
  let distance = near + 1;
  for (const candidate of known) {
    const d = editDistance(given, candidate.toLowerCase());
    if (d < distance) [best, distance] = [candidate, d];
  }
  return best;
}

/** `; did you mean "budget"?`, or the known words where none is near. */
export function suggestion(word: string, known: readonly string[]): string {
  const best = nearest(word, known);
  if (best !== undefined) return `; did you mean "${best}"?`;
  return known.length === 0 ? '' : `; known here: ${known.slice(0, 20).join(', ')}`;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min((row[j - 1] ?? 0) + 1, (previous[j] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) d = Math.min(d, (older[j - 2] ?? 0) + 1);
      row.push(d);
    }
    [older, previous] = [previous, row];
  }
  return previous[b.length] ?? 0;
}
