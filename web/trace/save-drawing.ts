// How does a drawing of the page become a file that looks the same anywhere? Its styles are written into it.
import { saveFile } from './save-file.ts';

const SVG = 'http://www.w3.org/2000/svg';
/** What the page's style sheets say of a drawing. */
const SAID = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'text-decoration',
  'paint-order',
] as const;
/** Points of the picture to one of its units, in a PNG. */
const SHARP = 2;
/** The most points that a browser's canvas takes at one side. */
const LONGEST_SIDE = 16_000;

/** Any colour of CSS as one that every reader of SVG knows. */
type Colour = (css: string) => string;

function colourReader(): Colour {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const known = new Map<string, string>();
  return (css) => {
    if (context === null || css === 'none' || css.startsWith('url(') || css.startsWith('rgb')) return css;
    const before = known.get(css);
    if (before !== undefined) return before;
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = css;
    context.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0, a = 255] = context.getImageData(0, 0, 1, 1).data;
    const colour = a === 255 ? `rgb(${r}, ${g}, ${b})` : `rgba(${r}, ${g}, ${b}, ${(a / 255).toFixed(3)})`;
    known.set(css, colour);
    return colour;
  };
}

/** What stands in a drawing unless somebody says otherwise. */
const UNSAID: Readonly<Record<string, string>> = {
  'fill-opacity': '1',
  stroke: 'none',
  'stroke-width': '1px',
  'stroke-dasharray': 'none',
  'stroke-linejoin': 'miter',
  opacity: '1',
  'text-anchor': 'start',
  'text-decoration': 'none',
  'paint-order': 'normal',
};
/** What a part does not take over from the one around it. */
const OWN = new Set(['opacity', 'text-decoration']);

/** Writes what the style sheets say of `from` into `to`, its copy, and so on down both; what is inherited only once. */
function inscribe(from: Element, to: Element, colour: Colour, around: Readonly<Record<string, string>> = UNSAID): void {
  const style = getComputedStyle(from);
  const here: Record<string, string> = { ...around };
  for (const name of SAID) {
    const said = style
      .getPropertyValue(name)
      .replaceAll('"', "'")
      .replace(/^url\('(.*)'\)$/, 'url($1)');
    const value = name === 'fill' || name === 'stroke' ? colour(said) : said;
    const before = OWN.has(name) ? UNSAID[name] : around[name];
    if (value === '' || value === before || (OWN.has(name) && value.startsWith('none'))) continue;
    to.setAttribute(name, value);
    here[name] = value;
  }
  for (const name of ['class', 'style', 'tabindex', 'role']) to.removeAttribute(name);
  for (const [i, child] of [...from.children].entries()) {
    const copy = to.children[i];
    if (copy !== undefined) inscribe(child, copy, colour, here);
  }
}

/** The page's textures, which stand in a drawing of their own. */
function textures(colour: Colour): Element[] {
  return [...document.querySelectorAll('.patterns defs')].map((defs) => {
    const copy = defs.cloneNode(true) as Element;
    inscribe(defs, copy, colour);
    return copy;
  });
}

/** The drawing as a standalone SVG document. */
export function standaloneSvg(svg: SVGSVGElement): string {
  const colour = colourReader();
  const copy = svg.cloneNode(true) as SVGSVGElement;
  inscribe(svg, copy, colour);
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute('xmlns', SVG);
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.removeAttribute('aria-label');
  const ground = document.createElementNS(SVG, 'rect');
  ground.setAttribute('width', String(width));
  ground.setAttribute('height', String(height));
  ground.setAttribute('fill', colour(getComputedStyle(svg.parentElement ?? svg).backgroundColor));
  copy.prepend(...textures(colour), ground);
  return new XMLSerializer().serializeToString(copy);
}

async function asPng(svg: string, width: number, height: number): Promise<Blob> {
  const sharp = Math.min(SHARP, LONGEST_SIDE / Math.max(width, height));
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    await new Promise<void>((resolve, reject) => {
      image.addEventListener('load', () => resolve());
      image.addEventListener('error', () =>
        reject(new Error('This browser could not draw the picture again; save it as SVG.')),
      );
      image.src = url;
    });
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * sharp);
    canvas.height = Math.round(height * sharp);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('The picture is too large for a PNG; save it as SVG.');
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Saves the drawing under `name`. Throws an Error with one sentence where the browser cannot. */
export async function saveDrawing(svg: SVGSVGElement, name: string, kind: 'svg' | 'png'): Promise<void> {
  const text = standaloneSvg(svg);
  const { width, height } = svg.viewBox.baseVal;
  const blob = kind === 'svg' ? new Blob([text], { type: 'image/svg+xml' }) : await asPng(text, width, height);
  saveFile(blob, `${name}.${kind}`);
}
