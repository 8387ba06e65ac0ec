// How wide is a text in the fonts that this window really has?
import { guess } from './fit.ts';
import type { Measure } from './fit.ts';

/** Measures on a canvas that is never shown, and remembers; guesses where there is no canvas. */
export function measureIn(document: Document): Measure {
  const style = getComputedStyle(document.documentElement);
  const sans = style.getPropertyValue('--sans');
  const mono = style.getPropertyValue('--mono');
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return guess;
  const remembered = new Map<string, number>();
  return (text, size, fixed) => {
    const key = `${fixed ? 'm' : 's'}${size} ${text}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    // names are set in 650, the widest weight in use; 100 px keeps the rounding of hinted fonts out
    context.font = `${fixed ? 400 : 650} 100px ${fixed ? mono : sans}`;
    const width = (context.measureText(text).width * size) / 100;
    if (remembered.size > 5000) remembered.clear();
    remembered.set(key, width);
    return width;
  };
}
