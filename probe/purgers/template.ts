// What stands for the page in a path, a header value, a body or an argument that an operator wrote?
import type { PurgeStep } from './purger.ts';

/** `template` with its words (shared/purge/http-purge.ts has the list) filled in; of several pages the first counts. */
export function templated(template: string, { pages: [page], purge }: PurgeStep): string {
  const url = new URL(page.target.url);
  const words: Readonly<Record<string, string>> = {
    path: `${url.pathname}${url.search}`,
    host: url.host,
    url: url.href,
    scheme: url.protocol.slice(0, -1),
    method: page.method,
    tags: purge.tags.join(' '),
    prefix: purge.prefix ?? '',
  };
  // ${name} is the environment's
  return template.replaceAll(/(?<!\$)\{([a-z]+)\}/g, (whole, word: string) => words[word] ?? whole);
}
