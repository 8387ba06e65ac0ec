// How is a MediaWiki asked to purge? By action=purge with the titles of the pages; it tells the caches that it knows of.
import { z } from 'zod';
import { ConfigError } from '../../shared/config-problem.ts';
import { mediawiki as kind } from '../../shared/purge/mediawiki.ts';
import { apiAnswer, jsonIn } from './api-answer.ts';
import { bearerOf } from './bearer.ts';
import { httpReply } from './http-answer.ts';
import { type Page, type PurgeAnswer, type PurgeStep, purgerFor } from './purger.ts';

type Settings = z.output<typeof kind.settings>;

/** Of formatversion=2; warnings stand beside, and tell of a limit that was met. */
const answer = z.object({
  purge: z
    .array(
      z.object({
        title: z.string(),
        purged: z.boolean().optional(),
        missing: z.boolean().optional(),
        invalid: z.boolean().optional(),
      }),
    )
    .min(1),
  warnings: z.array(z.object({ code: z.string().optional(), text: z.string() })).optional(),
});
const turnedAway = z.object({ errors: z.array(z.object({ code: z.string(), text: z.string().optional() })).min(1) });

export const mediawiki = purgerFor(kind, {
  shown: (_, { api }) => ({ method: 'POST', url: api }),
  endpoints: ({ api }) => [new URL(api).origin],
  message(step, settings, moment) {
    const login = settings.token === undefined ? undefined : bearerOf(step, settings.token, moment);
    const form = {
      action: 'purge',
      format: 'json',
      formatversion: '2',
      errorformat: 'plaintext',
      titles: titlesOf(step, settings).join('|'),
    };
    return {
      over: 'http',
      method: 'POST',
      url: settings.api,
      address: new URL(settings.api).origin,
      headers: [
        ['accept', 'application/json'],
        ['accept-encoding', 'identity'],
        ['content-type', 'application/x-www-form-urlencoded'],
        ...(login === undefined ? [] : [login.field]),
      ],
      body: new URLSearchParams(form).toString(),
      secrets: login?.secrets ?? [],
    };
  },
  read(reply): PurgeAnswer {
    const { status } = httpReply(reply);
    const [error] = jsonIn(reply, turnedAway)?.errors ?? [];
    if (error !== undefined && status < 300) {
      const limited = error.code === 'ratelimited' || error.code === 'maxlag';
      const why = limited ? 'it takes no more purges now' : 'it does not take this purge';
      return {
        outcome: 'refused',
        summary: `It answered ${status} with the error ${code(error.code)}: ${why}; it was not done and is not sent again by itself.`,
      };
    }
    const said = jsonIn(reply, answer);
    if (said === undefined || status >= 300) return apiAnswer(reply, { taken: false, words: error?.text });
    const limit = said.warnings?.find((w) => w.code === 'ratelimited' || /rate limit/i.test(w.text));
    if (limit !== undefined) {
      const summary = 'It took none or only some of the titles, because too many were purged; wait, and purge again.';
      return { outcome: 'refused', summary };
    }
    if (said.purge.every((page) => page.purged === true)) return apiAnswer(reply, { taken: true });
    const none = said.purge.every((page) => page.missing === true || page.invalid === true);
    if (none) return { outcome: 'was-not-there', summary: `It answered ${status}: it has no page of this title.` };
    return { outcome: 'failed', summary: `It answered ${status}, but did not purge every title.` };
  },
});

const code = (written: string): string => /^[\w-]{1,60}$/.exec(written)?.[0] ?? 'that it names';

const titlesOf = (step: PurgeStep, { articlePath }: Settings): string[] => [
  ...new Set(step.pages.map((page) => titleOf(page, articlePath, step))),
];

/** As the path has it; `|` stands between titles, and in none. @throws ConfigError for a page that is no article */
function titleOf({ target }: Page, articlePath: string, { layer }: PurgeStep): string {
  const { pathname, searchParams } = new URL(target.url);
  const before = articlePath.slice(0, -'$1'.length);
  const title =
    searchParams.get('title') ?? (pathname.startsWith(before) ? decoded(pathname.slice(before.length)) : '');
  if (title !== '' && !title.includes('|')) return title;
  throw new ConfigError(
    `the purge of layer ${layer.id} finds no title in ${target.url}; its path does not begin as articlePath (${articlePath}) says`,
  );
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
