// How does text reach a terminal or a pipe unharmed? Results on stdout, progress on stderr, nothing a server sent unclean.

import { EXIT } from './exit-code.ts';

/** C0 and C1 controls, DEL, and the marks that turn the direction of text: a terminal obeys them. */
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** One line without anything that a terminal would obey; for every text that a server or a file brought. */
export function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\t\n\r]+/g, ' ').replaceAll(OBEYED, '');
}

/** The document on one line, or indented for reading; what a terminal would obey stands escaped. */
export function json(document: unknown, indent = 2): string {
  const text = JSON.stringify(document, undefined, indent);
  return text.replaceAll(OBEYED, (c) => (c === '\n' ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`));
}

/** A result: one or more whole lines on stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Progress, warnings and errors: one or more whole lines on stderr. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** What is going on, where somebody watches and wants to know. */
export function progress(options: { readonly quiet?: true }, text: string): void {
  if (options.quiet !== true && process.stderr.isTTY) tell(text);
}

/**
 * Whoever reads us may stop reading (`strata look | head`): that is no error, and no answer either. A purge is not left half
 * done, and what somebody waits for still decides the exit code; only nothing more is written.
 */
export function outliveReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (hasLeft(error)) return;
    // a full disk must not look like an answer
    tell(`strata: what was found cannot be written (${error.code ?? error.message}).`);
    process.exit(EXIT.internal);
  });
  process.stderr.on('error', () => undefined);
}

const hasLeft = ({ code }: NodeJS.ErrnoException): boolean => code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
