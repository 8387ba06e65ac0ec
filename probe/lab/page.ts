// What does the lab's shop serve for one build? A small page, its script and its stylesheet, all different from build to build.
import { createHash } from 'node:crypto';

/** Where one page of the shop lives, and how long its response says it may be reused. */
export type Address =
  | { readonly kind: 'page'; readonly site: string; readonly lifetime: number | 'live' }
  | { readonly kind: 'asset'; readonly site: string; readonly build: string; readonly type: 'css' | 'js' };

/** The site of `/` and `/life/...`. */
export const MAIN_SITE = 'main';

const PAGE = /^(?:\/site\/([\w.-]+))?(?:\/life\/(\d{1,9})(?:\/.*)?|\/)$/;
const ASSET = /^(?:\/site\/([\w.-]+))?\/assets\/shop\.([0-9a-f]+)\.(css|js)$/;

/** What a path (query and fragment already cut off) asks for; undefined: nothing is there. */
export function addressOf(path: string): Address | undefined {
  const page = PAGE.exec(path);
  if (page) {
    const [, site = MAIN_SITE, lifetime] = page;
    return { kind: 'page', site, lifetime: lifetime === undefined ? 'live' : Number(lifetime) };
  }
  const asset = ASSET.exec(path);
  if (!asset) return undefined;
  const [, site = MAIN_SITE, build = '', type] = asset;
  return { kind: 'asset', site, build, type: type === 'css' ? 'css' : 'js' };
}

const WARES = ['Oak chair', 'Linen lamp', 'Clay pot', 'Wool rug', 'Birch shelf', 'Iron hook', 'Glass jug', 'Ash stool'];

/** The page of `site` at `build`: the build stands in `meta[name=build]` and in what a visitor sees. */
export function renderPage(site: string, build: string): string {
  const seed = createHash('sha256').update(`${site} ${build}`).digest();
  const hue = Math.round((360 * seed.readUInt8(0)) / 256);
  const offers = [1, 2, 3].map((i) => {
    const ware = WARES[seed.readUInt8(i) % WARES.length];
    return `      <li>${ware}: <b>${(seed.readUInt16BE(i * 2 + 4) % 9000) / 100 + 10} €</b></li>`;
  });
  const base = site === MAIN_SITE ? '' : `/site/${site}`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="build" content="${build}">
    <title>The lab's shop, build ${build}</title>
    <link rel="stylesheet" href="${base}/assets/shop.${build}.css">
    <script src="${base}/assets/shop.${build}.js" defer></script>
  </head>
  <body style="--hue: ${hue}">
    <h1>Shop ${site}</h1>
    <p>This is build <code>${build}</code>. Today:</p>
    <ul>
${offers.join('\n')}
    </ul>
  </body>
</html>
`;
}

export function renderAsset(type: 'css' | 'js', build: string): string {
  return type === 'css'
    ? `/* build ${build} */\nbody { font-family: sans-serif; border-top: 1em solid hsl(var(--hue) 60% 50%); }\n`
    : `// build ${build}\ndocument.documentElement.dataset.script = '${build}';\n`;
}
