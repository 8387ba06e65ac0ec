// What does it answer when it is asked otherwise: by HEAD, with a product’s own questions, with a query that no cache has?
import { first, type FieldLine } from '../http/fields.ts';
import { ageOf, told, type Answered } from './answered.ts';
import { NOTHING_TO_DO, rfc, topic } from './note.ts';

/** A page, and what was answered otherwise; absent: not asked. */
export interface OtherwiseAsked {
  readonly plain: Answered;
  readonly head?: Answered;
  /** Answers to request fields that make a product say more. */
  readonly questions?: readonly {
    readonly product: string;
    readonly asked: readonly FieldLine[];
    readonly answer: Answered;
  }[];
  /** With a query of our own; `stable`: plain answers are the same each time. */
  readonly busted?: { readonly answer: Answered; readonly stable: boolean };
}

const kinds = {
  'head-agrees': {
    level: 'good',
    why: 'HEAD tells of caching what GET does, so that one can look without loading the content.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9110, '9.3.2'),
  },
  'head-differs': {
    level: 'warning',
    why: 'HEAD should be answered as GET is, without content. A cache may renew or drop its copy by what HEAD says, and whoever looks by HEAD sees something else than visitors get.',
    remedy: 'Let the server treat HEAD as GET; look with GET where it does not.',
    reference: rfc(9110, '9.3.2'),
  },
  'question-answered': {
    level: 'info',
    why: 'The product says more about itself when it is asked so.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9211, '2'),
  },
  'cached-copy-old': {
    level: 'warning',
    why: 'Asked past the caches, the origin answers with other content than they do: their copy is an old one.',
    remedy: 'Purge it, or wait until it expires; strata why and strata when tell more with a topology.',
    reference: rfc(9111, '4.2.4'),
  },
  'cached-copy-current': {
    level: 'good',
    why: 'Asked past the caches, the origin answers with the same content as they do.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9111, '4'),
  },
  'bust-ineffective': {
    level: 'info',
    why: 'A query that nobody can have asked for before was answered from a store: this query is not part of the key, and cannot be used to get past the cache.',
    remedy: 'Right if meant; whoever appends ?v=… to get past this cache does not.',
    reference: rfc(9111, '2'),
  },
} as const;

const COMPARED = ['Cache-Control', 'ETag', 'Last-Modified', 'Content-Type', 'Vary', 'Content-Encoding'];

export const otherwiseAsked = topic(kinds, ({ plain, head, questions = [], busted }: OtherwiseAsked, say) => {
  if (head !== undefined) {
    const evidence = [told('GET', plain), told('HEAD', head)];
    const status = head.response.status === plain.response.status ? [] : [`status ${head.response.status}`];
    // what is known only once there is content may be left out
    const names = COMPARED.filter((name) => {
      const own = first(head.response.fields, name);
      return own !== undefined && own !== first(plain.response.fields, name);
    });
    const differing = [...status, ...(status.length > 0 ? [] : names)];
    if (differing.length === 0) say('head-agrees', 'HEAD is answered as GET is.', evidence);
    else say('head-differs', `HEAD is answered with another ${differing.join(', ')}.`, evidence);
  }
  for (const { product, asked, answer } of questions) {
    const known = new Set(plain.response.fields.map(([name]) => name.toLowerCase()));
    // a cookie is nothing that a product says of itself, and may open a session
    const more = answer.response.fields.filter(
      ([name]) => !known.has(name.toLowerCase()) && !/^set-cookie/i.test(name),
    );
    if (more.length === 0) continue;
    const lines = more.slice(0, 20).map(([name, value]) => `${name}: ${value.slice(0, 200)}`);
    const by = asked.map(([name]) => name).join(', ');
    say('question-answered', `${product} says more when asked by ${by}.`, lines);
  }
  if (busted !== undefined) past(plain, busted.answer, busted.stable, say);
});

function past(
  plain: Answered,
  answer: Answered,
  stable: boolean,
  say: (
    id: 'bust-ineffective' | 'cached-copy-old' | 'cached-copy-current',
    summary: string,
    evidence: readonly string[],
  ) => void,
): void {
  const evidence = [told('as it is', plain), told('with a query of our own', answer)];
  const stored = answer.hops.some((h) => h.cacheStatus.hit === true && h.replayed !== true) || (ageOf(answer) ?? 0) > 1;
  if (stored) return say('bust-ineffective', 'A query that is in no store was answered from one.', evidence);
  if (!stable || answer.response.status !== plain.response.status || answer.digest === undefined) return;
  if (answer.digest === plain.digest) say('cached-copy-current', 'Past the caches comes the same content.', evidence);
  else say('cached-copy-old', 'Past the caches comes other content.', evidence);
}
