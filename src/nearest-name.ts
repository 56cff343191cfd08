/** The candidate with the fewest edits to `name`; used for "did you mean". Cost is bounded by the candidates' length. */
export function nearestName(name: string, candidates: readonly string[]): string {
  // No candidate is longer than this; the rest of a long name cannot bring it nearer.
  const word = name.slice(0, 40);
  let nearest = candidates[0] ?? '';
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    if (isBeginning(word, candidate)) return candidate;
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) {
      fewest = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Whether `name` is probably a misspelled `candidate`. */
export function isMisspelled(name: string, candidate: string): boolean {
  return Math.abs(name.length - candidate.length) <= FEW_EDITS && editDistance(name, candidate) <= FEW_EDITS;
}

const FEW_EDITS = 2;

/** Who writes `service` means `serviceName`, however many letters that takes. */
function isBeginning(word: string, candidate: string): boolean {
  return word.length >= 3 && candidate.toLowerCase().startsWith(word.toLowerCase());
}

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
