// Do the validators tell the truth when one asks by them? (RFC 9110 section 13)
import { first } from '../http/fields.ts';
import { etagOf, told, type Answered } from './answered.ts';
import { NOTHING_TO_DO, rfc, topic, type Say } from './note.ts';

/** One page, and what it answered to four preconditions; absent: not asked. */
export interface Conditional {
  /** Without precondition. */
  readonly plain: Answered;
  /** If-None-Match with its own ETag, and with one that it never had. */
  readonly ownTag?: Answered;
  readonly wrongTag?: Answered;
  /** If-Modified-Since with its own Last-Modified, and with an instant long before. */
  readonly ownDate?: Answered;
  readonly earlyDate?: Answered;
}

const kinds = {
  'validator-confirmed': {
    level: 'good',
    why: 'A cache that asks whether its copy still holds gets a short 304.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9110, '15.4.5'),
  },
  'validator-lies': {
    level: 'bad',
    why: 'A 304 came although the copy asked about cannot be the current one. A cache that has an old copy keeps it for ever.',
    remedy: 'Look for the layer that answers 304 without comparing; turn its conditional handling off.',
    reference: rfc(9110, '13.1.2'),
  },
  'validator-ignored': {
    level: 'warning',
    why: 'The answer has a validator, but asked by it comes whole. Each renewal of an expired copy costs the full transfer.',
    remedy:
      'Let the server (or the layer that changes the content after it) compare If-None-Match; or do not send the validator.',
    reference: rfc(9110, '13.1.2'),
  },
  'date-ignored': {
    level: 'info',
    why: 'The answer has a Last-Modified, but asked by it comes whole. Where there is an ETag, caches ask by that first.',
    remedy: 'Let the server compare If-Modified-Since.',
    reference: rfc(9110, '13.1.3'),
  },
  'date-lies': {
    level: 'bad',
    why: 'A 304 came to an instant long before the last change. A cache with an older copy is told that nothing has changed.',
    remedy: 'Look for the layer that answers If-Modified-Since without comparing it with Last-Modified.',
    reference: rfc(9110, '13.1.3'),
  },
  'not-modified-incomplete': {
    level: 'warning',
    why: 'A 304 has to carry the fields of the 200 that decide about caching. Without them a renewed copy keeps the old ones, or gets no new lifetime.',
    remedy: 'Let the layer that answers the 304 send them too.',
    reference: rfc(9110, '15.4.5'),
  },
  'conditional-status': {
    level: 'warning',
    why: 'A precondition is answered by 304, or by what a plain request gets. Caches do not know what to make of another status.',
    remedy: 'Look what in the way takes offence at If-None-Match or If-Modified-Since.',
    reference: rfc(9110, '13.2.2'),
  },
} as const;

type Id = keyof typeof kinds;
const REPEATED = ['Cache-Control', 'ETag', 'Expires', 'Vary', 'Content-Location'];

export const conditional = topic(kinds, (scene: Conditional, say) => {
  const { plain, ownTag, wrongTag, ownDate, earlyDate } = scene;
  const first304 = [ownTag, ownDate].find((answer) => answer?.response.status === 304);
  if (first304 !== undefined) complete(plain, first304, say);
  if (ownTag !== undefined) own('If-None-Match: its own ETag', 'validator-ignored', plain, ownTag, say);
  if (ownDate !== undefined) own('If-Modified-Since: its own Last-Modified', 'date-ignored', plain, ownDate, say);
  if (wrongTag?.response.status === 304) {
    say('validator-lies', 'It answers 304 to an ETag that it never had.', [
      told('If-None-Match: another ETag', wrongTag),
    ]);
  }
  if (earlyDate?.response.status === 304) {
    say('date-lies', 'It answers 304 to an instant long before its Last-Modified.', [
      told('If-Modified-Since: long before', earlyDate),
    ]);
  }
});

function own(asked: string, ignored: Id, plain: Answered, answer: Answered, say: Say<Id>): void {
  const { status } = answer.response;
  const evidence = [told('without precondition', plain), told(asked, answer)];
  if (status === 304) return say('validator-confirmed', `${asked} is answered by 304.`, evidence);
  if (status !== plain.response.status)
    return say('conditional-status', `${asked} is answered by ${status}.`, evidence);
  // it changed between the two: then the whole is right
  if (etagOf(plain) !== etagOf(answer) || lastModified(plain) !== lastModified(answer)) return;
  say(ignored, `${asked} is answered by the whole content.`, evidence);
}

const lastModified = ({ response }: Answered) => first(response.fields, 'last-modified');

function complete(plain: Answered, short: Answered, say: Say<Id>): void {
  const lacking = REPEATED.filter(
    (name) => first(plain.response.fields, name) !== undefined && first(short.response.fields, name) === undefined,
  );
  if (lacking.length > 0)
    say('not-modified-incomplete', `The 304 leaves out ${lacking.join(', ')}.`, [
      told('with its own validator', short),
    ]);
}
