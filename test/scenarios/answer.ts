// What exactly does the scripted origin say, at a given instant, to a given request?
import { formatDate } from '../../shared/http/date.ts';
import { combined, listMembers } from '../../shared/http/fields.ts';
import type { FieldLine, FieldLines } from '../../shared/http/fields.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { OriginAnswer, Scenario } from './scenario.ts';

/** Where a scenario is played: what `{origin}` and `{root}` stand for. */
export interface Place {
  /** Scheme and authority that the client asks for. */
  readonly origin: string;
  /** The scenario's own folder: begins with a slash, ends without one. */
  readonly folder: string;
}

/** The head and body that go on the wire. */
export interface Said {
  readonly status: number;
  readonly fields: FieldLine[];
  readonly body: string;
}

/** The body of a step's answer where the scenario does not give one; `step` counts from 1. */
export const bodyOf = (step: number): string => `This is what the origin says in step ${step}.\n`;

/** `text` with its placeholders replaced. */
export function expanded(text: string, now: Instant, { origin, folder }: Place): string {
  return text
    .replaceAll('{root}', `${origin}${folder}/`)
    .replaceAll('{origin}', origin)
    .replaceAll(/\{now(?:([+-]\d+))?\}/g, (_, shift?: string) => formatDate(now + Number(shift ?? 0)));
}

export const expandedFields = (fields: FieldLines, now: Instant, place: Place): FieldLine[] =>
  fields.map(([name, value]) => [name, expanded(value, now, place)] as const);

/** The `nth` answer, from 0, that the origin gives in the step with this index. */
export function answerOf(scenario: Scenario, step: number, nth: number): OriginAnswer {
  const { answers } = scenario.steps[step]!;
  return answers[Math.min(nth, answers.length - 1)]!;
}

/** `step` counts from 0. */
export function said(
  answer: OriginAnswer,
  step: number,
  request: { readonly method: string; readonly fields: FieldLines },
  now: Instant,
  place: Place,
): Said {
  if (answer.part !== undefined) return said(placed(answer, answer.part), step, request, now, place);
  const given = expandedFields(answer.fields, now, place);
  const dated: FieldLine[] =
    answer.date && combined(given, 'date') === undefined ? [['Date', formatDate(now)], ...given] : given;
  if (answer.validates && isHeld(request.fields, given)) return { status: 304, fields: dated, body: '' };
  const mayHaveContent = answer.status >= 200 && answer.status !== 204 && answer.status !== 304;
  const body = mayHaveContent ? (answer.body ?? bodyOf(step + 1)) : '';
  const fields = isFramed(dated) || !mayHaveContent ? dated : [...dated, framing(answer, body)];
  return { status: answer.status, fields, body: request.method === 'HEAD' ? '' : body };
}

/** The answer that carries only this part of its body. */
function placed(answer: OriginAnswer, part: string): OriginAnswer {
  const [first, last] = part.split(/[-/]/).map(Number);
  const body = (answer.body ?? '0123456789').slice(first, last! + 1);
  const fields: OriginAnswer['fields'] = [...answer.fields, ['Content-Range', `bytes ${part}`]];
  return { ...answer, status: 206, fields, body, part: undefined };
}

const isFramed = (fields: FieldLines): boolean =>
  ['content-length', 'transfer-encoding'].some((name) => combined(fields, name) !== undefined);

const framing = (answer: OriginAnswer, body: string): FieldLine =>
  answer.trailers === undefined
    ? ['Content-Length', String(Buffer.byteLength(body))]
    : ['Transfer-Encoding', 'chunked'];

/** Whether the client or cache that asks already holds what `fields` describe (RFC 9110 section 13.1). */
function isHeld(request: FieldLines, fields: FieldLines): boolean {
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');
  const tags = combined(request, 'if-none-match');
  const etag = combined(fields, 'etag');
  if (tags !== undefined) {
    return etag !== undefined && listMembers(tags).some((tag) => tag === '*' || opaque(tag) === opaque(etag));
  }
  const since = Date.parse(combined(request, 'if-modified-since') ?? '');
  const modified = Date.parse(combined(fields, 'last-modified') ?? '');
  return modified <= since;
}
