// Is the same page the same in every coding, and can caches tell them apart? (RFC 9110 sections 8.8.3.3 and 12.5.5)
import { combined, first, listMembers } from '../http/fields.ts';
import { etagOf, told, type Answered } from './answered.ts';
import { NOTHING_TO_DO, rfc, topic, type Say } from './note.ts';

export interface ByCoding {
  /** Answers by the Accept-Encoding that asked for them: `gzip`, `br`, `identity`. */
  readonly answers: Readonly<Record<string, Answered>>;
  /** Asked in the same way several times, the page had the same content. */
  readonly stable: boolean;
}

const kinds = {
  'coding-agreed': {
    level: 'good',
    why: 'It is compressed for those who ask, the content is the same, and Vary tells caches to keep the two apart.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9110, '12.5.3'),
  },
  'coding-without-vary': {
    level: 'bad',
    why: 'The coding depends on Accept-Encoding, and not every answer says so. A cache may give compressed bytes to a client that cannot read them.',
    remedy: 'Send Vary: Accept-Encoding with all of them, the plain one too.',
    reference: rfc(9110, '12.5.5'),
  },
  'coding-content-differs': {
    level: 'warning',
    why: 'Decoded, the answers are not the same: caches hold the variants apart, and one of them is older, or made by another server.',
    remedy: 'Purge all variants together; look whether the page changes with each request.',
    reference: rfc(9110, '8.4'),
  },
  'coding-same-tag': {
    level: 'warning',
    why: 'A strong ETag stands for bytes. The same one for two codings lets a cache join parts of one with parts of the other.',
    remedy: 'Make the tag weak (W/) where the server compresses, or let it differ.',
    reference: rfc(9110, '8.8.3.3'),
  },
  'coding-unasked': {
    level: 'bad',
    why: 'The request allows no coding, and the answer has one. Clients that cannot decode it show garbage.',
    remedy: 'Look for the cache that does not compare Accept-Encoding.',
    reference: rfc(9110, '12.5.3'),
  },
  'coding-none': {
    level: 'info',
    why: 'Text usually shrinks to a quarter when it is compressed.',
    remedy: 'Turn gzip or br on, in one layer.',
    reference: rfc(9110, '8.4'),
  },
} as const;

type Id = keyof typeof kinds;

export const codings = topic(kinds, ({ answers, stable }: ByCoding, say) => {
  const asked = Object.entries(answers).filter(([, { response }]) => response.status === 200);
  const evidence = asked.map(([coding, answer]) => told(`Accept-Encoding: ${coding}`, answer));
  const coded = asked.filter(([, answer]) => codingOf(answer) !== '');
  const plain = answers['identity'];
  if (plain !== undefined && codingOf(plain) !== '')
    say('coding-unasked', `Content-Encoding: ${codingOf(plain)}, unasked.`, evidence);
  if (asked.length < 2) return;
  if (coded.length === 0) {
    if (asked.every(([, answer]) => isText(answer))) say('coding-none', 'It is compressed for nobody.', evidence);
    return;
  }
  compared(asked, stable, evidence, say);
});

const codingOf = ({ response }: Answered): string => combined(response.fields, 'content-encoding')?.toLowerCase() ?? '';

const isText = ({ response }: Answered): boolean =>
  /^(?:text\/|application\/(?:json|javascript|xml)|image\/svg)/i.test(first(response.fields, 'content-type') ?? '');

function variesByCoding({ response }: Answered): boolean {
  const names = listMembers(combined(response.fields, 'vary') ?? '').map((name) => name.toLowerCase());
  return names.includes('accept-encoding') || names.includes('*');
}

function compared(
  asked: readonly (readonly [string, Answered])[],
  stable: boolean,
  evidence: readonly string[],
  say: Say<Id>,
): void {
  const answers = asked.map(([, answer]) => answer);
  const kindsOf = new Set(answers.map(codingOf));
  const silent = asked.filter(([, answer]) => !variesByCoding(answer)).map(([coding]) => coding);
  const digests = new Set(answers.map(({ digest }) => digest));
  const tags = answers.map(etagOf).filter((tag) => tag !== undefined);
  if (kindsOf.size > 1 && silent.length > 0) {
    say('coding-without-vary', `Asked for ${silent.join(', ')}, the answer has no Vary: Accept-Encoding.`, evidence);
  }
  if (digests.size > 1 && stable) say('coding-content-differs', 'Decoded, the answers differ.', evidence);
  const strong = tags.filter((tag) => !tag.startsWith('W/'));
  if (kindsOf.size > 1 && strong.length === answers.length && new Set(strong).size === 1) {
    say('coding-same-tag', `All codings have the strong ETag ${strong[0]}.`, evidence);
  }
  if (kindsOf.size > 1 && silent.length === 0 && digests.size === 1)
    say('coding-agreed', 'Same content in every coding, and Vary says so.', evidence);
}
