// What do the metrics in Server-Timing say? (W3C Server Timing, section 4)
import { dividedAt, type FieldLines } from '../http/fields.ts';
import { membersFromEnd } from './members.ts';

/** Names of metrics (lower case) and their descriptions, empty where there is none; of two of one name the last. */
export function timingsIn(fields: FieldLines): ReadonlyMap<string, string> {
  const metrics = new Map<string, string>();
  for (const { text } of membersFromEnd(fields, 'server-timing')) {
    const [name = '', ...parameters] = dividedAt(';', text);
    const metric = name.toLowerCase();
    if (!metrics.has(metric)) metrics.set(metric, descriptionIn(parameters));
  }
  return metrics;
}

function descriptionIn(parameters: readonly string[]): string {
  const found = parameters.find((parameter) => /^desc\s*=/i.test(parameter));
  if (found === undefined) return '';
  const value = found.slice(found.indexOf('=') + 1).trim();
  return value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value;
}
