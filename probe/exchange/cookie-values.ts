// What of an answer may be kept? All of it but what opens a session: values of cookies, and passwords in locations.
import type { FieldLine } from '../../shared/http/fields.ts';
import type { Answer, Failure } from '../../shared/observation.ts';

/** Answers that came again are the same object, and stay so. */
const known = new WeakMap<Answer, Answer>();

/** The same object where it holds nothing of the kind. */
export function withoutCookieValues(result: Answer | Failure): Answer | Failure {
  if (result.kind === 'failure') return result;
  const before = known.get(result);
  if (before !== undefined) return before;
  const fields = result.fields.map(withoutCookieValue);
  const kept = fields.every((line, i) => line === result.fields[i]) ? result : { ...result, fields };
  known.set(result, kept);
  return kept;
}

/** One field line without the value of the cookie that it sets, or the password in the URL that it names. */
export function withoutCookieValue(line: FieldLine): FieldLine {
  const [name, value] = line;
  const hidden = /^set-cookie2?$/i.test(name)
    ? value.replace(/^(?:([^=;]*=)[^;]*|[^=;]+)/, '$1[redacted]')
    : /^(?:content-)?location$/i.test(name)
      ? withoutPassword(value)
      : value;
  return hidden === value ? line : [name, hidden];
}

/** The URL without what stands before its host. */
export const withoutPassword = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/?#]*@/i, '$1//');
