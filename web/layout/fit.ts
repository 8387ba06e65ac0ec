// What of a text fits into a width? The measuring is handed in: a canvas in the page, a constant in tests.

/** Width of `text` in user units at `size`; `mono` for the fixed-pitch stack. */
export type Measure = (text: string, size: number, mono: boolean) => number;

/** A cautious guess where nothing can be measured: wide system fonts take about 0.6 em a letter. */
export const guess: Measure = (text, size, mono) => text.length * size * (mono ? 0.61 : 0.6);

/** The text, or its two ends around an ellipsis (names differ at their ends), or '' where not even that fits. */
export function fit(text: string, width: number, size: number, mono: boolean, measure: Measure): string {
  if (measure(text, size, mono) <= width) return text;
  for (let keep = text.length - 1; keep >= 2; keep--) {
    const head = Math.ceil(keep / 2);
    const cut = `${text.slice(0, head)}…${text.slice(text.length - (keep - head))}`;
    if (measure(cut, size, mono) <= width) return cut;
  }
  return '';
}

/** The first of several ways to say it that fits; the last one cut to the width where none does. */
export function firstFitting(
  ways: readonly string[],
  width: number,
  size: number,
  mono: boolean,
  measure: Measure,
): string {
  return ways.find((w) => measure(w, size, mono) <= width) ?? fit(ways.at(-1) ?? '', width, size, mono, measure);
}

/** How a version is named on a chip: a short marker as it is, a digest by its first hex digits. */
export function shortContent(content: string, room = 10): string {
  const bare = content.replace(/^sha256:/, '');
  if (bare !== content) return bare.slice(0, Math.min(6, room));
  return bare.length <= room ? bare : `${bare.slice(0, Math.ceil(room / 2))}…${bare.slice(-Math.floor(room / 2) + 1)}`;
}
