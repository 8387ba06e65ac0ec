// Which responses does a HAR hold that a browser saved? (HAR 1.2; Chrome, Firefox and Safari each add fields of their own)
import { decodeRecord } from '../dialects/browser-record.ts';
import { tellsOfItself } from '../dialects/mediawiki.ts';
import type { FieldLine } from '../http/fields.ts';
import { fieldOf, listOf, textOf } from '../raw-value.ts';
import {
  LONGEST_HEAD,
  MOST_RESPONSES,
  withoutUserinfo,
  type RecordedResponse,
  type Recording,
} from '../recorded-response.ts';

/** Reads a HAR's text. A browser breaks off where its disk is full, and other JSON looks much the same. */
export function recordedInHar(text: string): Recording {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    const open = /[}\]]\s*$/.test(text) ? 'is broken' : 'breaks off before its end';
    return { refused: `begins like JSON but ${open}; save the HAR again` };
  }
  const responses = responsesInHar(document);
  if (responses === undefined) return { refused: 'is JSON but no HAR: a HAR has a list log.entries' };
  if (responses.some(isTooLong))
    return { refused: `holds a response whose fields are longer than ${LONGEST_HEAD / 1024} kB` };
  const entries = listOf(fieldOf(fieldOf(document, 'log'), 'entries')).length;
  const cutOff = responses.length === MOST_RESPONSES && entries > MOST_RESPONSES;
  if (responses.length > 0) return { responses, ...(cutOff && { cutOff }) };
  return {
    refused: entries === 0 ? 'is a HAR without entries' : `is a HAR, but none of its ${entries} entries has a response`,
  };
}

const isTooLong = ({ fields }: RecordedResponse): boolean =>
  fields.reduce((sum, [name, value]) => sum + name.length + value.length, 0) > LONGEST_HEAD;

/** The responses of a HAR 1.2 document, without entries that hold none; undefined when it is no HAR. */
export function responsesInHar(document: unknown): RecordedResponse[] | undefined {
  const entries = fieldOf(fieldOf(document, 'log'), 'entries');
  if (!Array.isArray(entries)) return undefined;
  const found: RecordedResponse[] = [];
  for (const entry of entries as readonly unknown[]) {
    const response = inEntry(entry);
    if (response !== undefined) found.push(response);
    if (found.length === MOST_RESPONSES) break;
  }
  return found;
}

function inEntry(entry: unknown): RecordedResponse | undefined {
  const [request, response] = [fieldOf(entry, 'request'), fieldOf(entry, 'response')];
  const status = statusOf(fieldOf(response, 'status'));
  const url = textOf(fieldOf(request, 'url'));
  // 0: blocked, cancelled, or never answered; data: and the like never crossed a network
  if (url === undefined || !/^https?:/i.test(url) || status === undefined || status < 200) return undefined;
  const method = textOf(fieldOf(request, 'method'));
  const requestFields = harFields(request);
  const receivedAt = receivedIn(entry);
  const browser = decodeRecord(entry);
  return {
    url: withoutUserinfo(url),
    status,
    fields: harFields(response),
    ...(method !== undefined && { method }),
    ...(requestFields.length > 0 && { requestFields }),
    ...(receivedAt !== undefined && { receivedAt }),
    ...(browser !== undefined && { browser }),
    ...pageIn(response),
  };
}

function pageIn(response: unknown): Pick<RecordedResponse, 'page'> {
  const content = fieldOf(response, 'content');
  const page = textOf(fieldOf(content, 'text'));
  return page !== undefined && tellsOfItself(page) ? { page } : {};
}

const harFields = (message: unknown): FieldLine[] => listOf(fieldOf(message, 'headers')).flatMap(harField);

function harField(raw: unknown): FieldLine[] {
  const name = textOf(fieldOf(raw, 'name'));
  const value = textOf(fieldOf(raw, 'value'));
  // browsers write HTTP/2's pseudo header fields among the others
  if (name === undefined || value === undefined || name === '' || name.startsWith(':')) return [];
  // and they join lines of one name by line feeds
  return value.includes('\n')
    ? value.split('\n').map((line): FieldLine => [name, line.trim()])
    : [[name, value.trim()]];
}

function statusOf(raw: unknown): number | undefined {
  const status = typeof raw === 'string' && /^\d{3}$/.test(raw) ? Number(raw) : raw;
  return Number.isInteger(status) && Number(status) <= 999 ? Number(status) : undefined;
}

/** The end of the wait: when the first byte came. HAR counts in milliseconds; -1 is a phase that did not happen. */
function receivedIn(entry: unknown): number | undefined {
  const started = Date.parse(textOf(fieldOf(entry, 'startedDateTime')) ?? '');
  if (Number.isNaN(started)) return undefined;
  const timings = fieldOf(entry, 'timings');
  const spent = ['blocked', 'dns', 'connect', 'send', 'wait'].map((phase) => fieldOf(timings, phase));
  const milliseconds = spent.reduce<number>((sum, ms) => sum + (typeof ms === 'number' && ms > 0 ? ms : 0), 0);
  return (started + milliseconds) / 1000;
}
