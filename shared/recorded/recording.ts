// What is in the bytes that somebody gave us to explain? A HAR, heads as some program prints them, or nothing of the kind.
import { LONGEST_HEAD, type Recording } from '../recorded-response.ts';
import { recordedInHar } from './har.ts';
import { responsesInText } from './text.ts';

/**
 * Reads what was decoded from UTF-8; bytes that are none stand there as U+FFFD. Never throws.
 * @param isUtf8 Whether there were no such bytes.
 */
export function recordingIn(content: string, isUtf8 = true): Recording {
  const text = content.replace(/^\ufeff/, '');
  const start = text.trimStart();
  if (start === '') return { refused: 'is empty' };
  if (/^[{[]/.test(start)) {
    return isUtf8 ? recordedInHar(text) : { refused: 'is JSON but not UTF-8; save the HAR again' };
  }
  return recordedHeads(text);
}

function recordedHeads(text: string): Recording {
  const wrong = wrongIn(headsOf(text), text);
  if (wrong !== undefined) return { refused: wrong };
  const responses = responsesInText(text);
  if (responses.length > 0) return { responses };
  return { refused: unanswered(text) };
}

/** What a person would have to mend before any of it can be read. */
function wrongIn(heads: readonly string[], text: string): string | undefined {
  const head = heads.join('\n');
  if (heads.some((one) => one.length > LONGEST_HEAD)) {
    return `holds a response whose head is longer than ${LONGEST_HEAD / 1024} kB, more than any client reads`;
  }
  const at = (character: string): number => head.slice(0, head.indexOf(character)).split('\n').length;
  if (head.includes('\0')) return `holds a NUL in line ${at('\0')} of its head; it is no text, or was damaged`;
  if (/\r(?!\n|$)/.test(head))
    return 'has a carriage return (CR) that no line feed follows; lines end with CR LF, or LF alone';
  if (head.includes('\ufffd'))
    return `is not UTF-8 in line ${at('\ufffd')} of its head; remove the bytes that are none`;
  if (/^HTTP\/0\.\d/m.test(head))
    return 'speaks of HTTP/0.9, which has no fields, and so nothing that could be explained';
  const last = heads.at(-1) ?? '';
  const line = last.split('\n').at(-1) ?? '';
  const isLast = text.endsWith(last);
  if (isLast && /^(?:< |[ \t]+)?HTTP\/\d/.test(last) && last.includes('\n') && isCutOff(line))
    return `breaks off in the middle of a head, after “${line.slice(-60)}”`;
  return undefined;
}

/** A last line of a head that is no field, no continuation, and that nothing follows. */
const isCutOff = (line: string): boolean =>
  /^(?:[<] ?|\s{2})?[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(line.replace(/\r$/, ''));

/** What stands up to the blank line after each status line; all of it up to the first blank line where there is none. */
function headsOf(text: string): string[] {
  const found: string[] = [];
  const starts = /^(?:< |[ \t]+)?HTTP\/\d/gm;
  for (let m = starts.exec(text); m !== null && found.length < 2000; m = starts.exec(text)) {
    const head = headAt(text, m.index);
    found.push(head);
    starts.lastIndex = m.index + Math.max(1, head.length);
  }
  return found.length > 0 ? found : [headAt(text.trimStart(), 0)];
}

function headAt(text: string, from: number): string {
  const blank = /\n(?:<[ \t]?)?\r?\n|\r\r/g;
  blank.lastIndex = from;
  const end = blank.exec(text)?.index ?? text.length;
  return text.slice(from, end);
}

function unanswered(text: string): string {
  if (/^HTTP\/\d?(?:\.\d?)?(?: \d{0,2})?\s*$/.test(text)) return 'breaks off in its status line';
  if (/^HTTP\/\d(?:\.\d)? 1\d\d/m.test(text))
    return 'holds interim responses (1xx) only; the one that counts is missing';
  if (text.trimStart().startsWith('<'))
    return 'holds a body only, as HTTP/0.9 has it; give the head too, as curl -si prints it';
  return 'holds no response; give a .har file, what curl -si printed, or copied response headers';
}
