// What does a page say: its marker, its assets, its digest without the parts that change by themselves?
import { createHash } from 'node:crypto';
import { load } from 'cheerio';
import type { CheerioAPI } from 'cheerio';
import { Parser } from 'htmlparser2';
import type { Marker } from '../../shared/topology.ts';

import { errorText } from './error-text.ts';

/** What a browser nests before it flattens; the tree builder's time grows with the square of the depth. */
const DEEPEST = 512;
const LONGEST = 2 * 1024 * 1024;
const SLICE = 16 * 1024;
const MOST_ASSETS = 500;

/** One page to read; plain data, so that it can be sent to a worker. */
export interface PageJob {
  readonly content: Uint8Array;
  readonly contentType: string;
  readonly html: boolean;
  readonly url: string;
  readonly marker: Marker;
  readonly ignore: readonly string[];
  readonly assets: boolean;
}

export interface PageFacts {
  readonly marker?: string;
  readonly assets?: readonly string[];
  /** Only where parts were left out: otherwise the digest is that of the content. */
  readonly digest?: string;
  readonly problems: readonly string[];
}

/** May take long or never end on a hostile page or pattern: run it where it can be killed. */
export function readPage(job: PageJob): PageFacts {
  const problems: string[] = [];
  const text = textOf(job.content, job.contentType, problems);
  const tree = job.html && needsTree(job) ? treeOf(text, problems) : undefined;
  const marker = markerIn(job, text, tree, problems);
  if (tree === undefined) return { ...(marker === undefined ? {} : { marker }), problems };
  const assets = job.assets ? assetsIn(tree, job.url) : undefined;
  const digest =
    job.ignore.length > 0 && text.length <= LONGEST ? digestWithout(tree, job.ignore, problems) : undefined;
  return {
    ...(marker === undefined ? {} : { marker }),
    ...(assets === undefined ? {} : { assets }),
    ...(digest === undefined ? {} : { digest }),
    problems,
  };
}

const needsTree = (job: PageJob): boolean => 'css' in job.marker || job.ignore.length > 0 || job.assets;

function textOf(content: Uint8Array, contentType: string, problems: string[]): string {
  const label = /charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label).decode(content);
  } catch {
    problems.push(`the charset ${JSON.stringify(label)} is not known: the page was read as UTF-8`);
    return new TextDecoder().decode(content);
  }
}

function treeOf(text: string, problems: string[]): CheerioAPI | undefined {
  if (text.length > LONGEST) problems.push(`the page is longer than ${LONGEST} characters: the rest was not read`);
  const start = text.slice(0, LONGEST);
  if (isDeeperThan(DEEPEST, start)) {
    problems.push(`the page nests deeper than ${DEEPEST} elements: it was not read`);
    return undefined;
  }
  return load(start);
}

function isDeeperThan(deepest: number, text: string): boolean {
  let depth = 0;
  let exceeded = false;
  const parser = new Parser({
    onopentagname: () => {
      if (++depth <= deepest) return;
      exceeded = true;
      parser.pause();
    },
    onclosetag: () => {
      depth--;
    },
  });
  // in slices, so that the pause takes effect before everything is tokenised
  for (let at = 0; at < text.length; at += SLICE) {
    parser.write(text.slice(at, at + SLICE));
    if (exceeded) return true;
  }
  return false;
}

function markerIn(job: PageJob, text: string, tree: CheerioAPI | undefined, problems: string[]): string | undefined {
  const { marker } = job;
  try {
    if ('css' in marker) {
      if (!job.html) problems.push('the marker is a CSS selector, but the body is not HTML');
      const found = tree?.(marker.css).first();
      if (found === undefined || found.length === 0) return undefined;
      return marker.attribute === undefined ? found.text().trim() : found.attr(marker.attribute);
    }
    if ('regex' in marker) {
      const match = new RegExp(marker.regex).exec(text);
      return match?.[1] ?? match?.[0];
    }
    return 'json' in marker ? atPath(JSON.parse(text), marker.json) : undefined;
  } catch (error) {
    problems.push(`the marker could not be looked for: ${errorText(error).message.slice(0, 200)}`);
    return undefined;
  }
}

/** The value at `a.b.0.c`; own properties only. Texts as they are, anything else as JSON. */
function atPath(value: unknown, path: string): string | undefined {
  let at = value;
  for (const step of path.split('.')) {
    const own: PropertyDescriptor | undefined =
      typeof at === 'object' && at !== null ? Object.getOwnPropertyDescriptor(at, step) : undefined;
    if (own === undefined) return undefined;
    at = own.value;
  }
  return typeof at === 'string' ? at : JSON.stringify(at);
}

function assetsIn(tree: CheerioAPI, url: string): string[] {
  const written = tree('base[href]').first().attr('href');
  const base = written !== undefined && URL.canParse(written, url) ? new URL(written, url).href : url;
  const found = new Set<string>();
  tree('script[src], link[rel~="stylesheet" i][href]').each((_, element) => {
    const link = element.attribs['src'] ?? element.attribs['href'] ?? '';
    if (link.trim() === '' || !URL.canParse(link, base)) return undefined;
    const asset = new URL(link, base);
    asset.hash = '';
    if (asset.protocol === 'http:' || asset.protocol === 'https:') found.add(asset.href);
    return found.size < MOST_ASSETS;
  });
  return [...found];
}

function digestWithout(tree: CheerioAPI, ignore: readonly string[], problems: string[]): string | undefined {
  try {
    for (const selector of ignore) tree(selector).remove();
  } catch (error) {
    problems.push(`a selector in ignore cannot be read: ${errorText(error).message.slice(0, 200)}`);
    return undefined;
  }
  return `sha256:${createHash('sha256').update(tree.html()).digest('hex')}`;
}
