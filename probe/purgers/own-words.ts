// Did the cache itself answer a request to forget a page, or did it pass that on to somebody who knows nothing of it?
import { dialectOf } from '../../shared/dialects/index.ts';
import { combined } from '../../shared/http/fields.ts';
import { httpReply } from './http-answer.ts';
import type { HttpReply, PurgeAnswer, PurgeReply, PurgeStep } from './purger.ts';

type Field = (name: string) => string | undefined;

/** What an answer with content carries; none of the products that can be purged sends these of its own accord. */
const OF_A_PAGE = ['ETag', 'Last-Modified', 'Set-Cookie', 'X-Powered-By'];

/**
 * For a request by a method such as PURGE and for the page's own URL: what is to be thought of an answer that comes from
 * behind the cache. Undefined where nothing shows that it does: then the status means what it says.
 */
export function answeredElsewhere(reply: PurgeReply, step: PurgeStep): PurgeAnswer | undefined {
  const { status, fields } = httpReply(reply);
  const taken = status >= 200 && status < 300;
  if (!taken && status !== 404 && status !== 412) return undefined;
  if (step.layer.dialect === 'haproxy') return haproxyAnswer(status, taken);
  const sign = signOfAnother((name) => combined(fields, name), step.layer.dialect);
  if (sign === undefined) return undefined;
  return {
    outcome: 'unknown',
    summary: `It answered ${status}, but ${sign}: it seems to have passed the request on, and whether it forgot anything is not known.`,
  };
}

/** It passes on whatever it does not know, and forgets the page when an unsafe method succeeds. */
function haproxyAnswer(status: number, taken: boolean): PurgeAnswer {
  const passed = `HAProxy passed the request on and ${status} came back`;
  if (taken)
    return {
      outcome: 'accepted',
      summary: `${passed}: after that it forgets the page, because the request succeeded.`,
    };
  return { outcome: 'refused', summary: `${passed}: it forgets a page only where the server behind it says 2xx.` };
}

function signOfAnother(field: Field, dialect: string | undefined): string | undefined {
  if (dialect === 'httpd') return 'Apache httpd has no purge over HTTP';
  const found = OF_A_PAGE.filter((name) => field(name) !== undefined);
  if (found.length > 0) return `with ${found.join(' and ')}, as a page does`;
  if (/;\s*fwd\b(?!.*,)/i.test(field('cache-status') ?? '')) return 'its Cache-Status says that it was forwarded';
  // a page that Varnish makes itself has no Age
  if (dialect === 'varnish' && field('x-varnish') !== undefined && field('age') !== undefined)
    return 'with an Age, which Varnish gives to what it has fetched';
  return undefined;
}

/** What each says in an answer that it makes without asking anybody. */
const OWN: Readonly<Record<string, (field: Field, reply: HttpReply) => boolean>> = {
  varnish: (field) => field('x-varnish') !== undefined || /varnish/i.test(field('server') ?? ''),
  squid: (field) => field('x-cache-lookup') !== undefined || /squid/i.test(`${field('server')} ${field('via')}`),
  // the modules tell the key, nginx Plus answers with nothing
  nginx: (_, { status, text }) => status === 204 || /\bkey\b/i.test(text),
  trafficserver: (field) => /\bATS\b|TrafficServer/i.test(`${field('server')} ${field('via')}`),
};

/** What else there is to say of an answer to such a request. One sentence. */
export function remarks(reply: PurgeReply, step: PurgeStep): string | undefined {
  const { status, fields } = httpReply(reply);
  const field: Field = (name) => combined(fields, name);
  const dialect = dialectOf(step.layer.dialect ?? '');
  if (dialect === undefined) return undefined;
  const { absentStatus, variants } = dialect.behaviour.purge;
  const refused = /^ERR_\w{1,60}/.exec(field('x-squid-error') ?? '')?.[0];
  if (refused !== undefined) return `Squid calls it ${refused}.`;
  if (status >= 200 && status < 300) {
    if (OWN[dialect.id]?.(field, httpReply(reply)) === false) return doubtful(dialect.title);
    return absentStatus === status ? `${dialect.title} says so whether or not it held the page.` : undefined;
  }
  const bare = Object.keys(step.pages[0].headers).length === 0;
  if (status !== absentStatus || variants === 'all' || !bare) return undefined;
  return `What ${dialect.title} keeps by Vary goes only by a purge with the fields of that variant.`;
}

const doubtful = (title: string): string =>
  `Nothing in the answer shows that ${title} itself wrote it: one that is not set up for purges passes the request on, and this may be the application's.`;

/** Longer ones are no reasons. */
const LONGEST_REASON = 200;

/** What the page that Varnish makes says beside its status; one line of text that can be shown. */
export function reasonIn(reply: PurgeReply): string | undefined {
  const { text } = httpReply(reply);
  const made = /<h1>Error \d{3} ([^<]*)<\/h1>/.exec(text)?.[1];
  const said = made ?? (text.includes('<') ? '' : text);
  const line = said.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line === '' || line.length > LONGEST_REASON ? undefined : line;
}
