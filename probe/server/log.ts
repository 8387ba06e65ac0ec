// What may the log say? One JSON object a line, without anything secret, wherever in the line it would stand.
import { pino } from 'pino';
import type { Level, Logger } from 'pino';

export interface Destination {
  write(line: string): unknown;
}

/** `secrets` are texts that never appear, whatever is logged. */
export function openLog(level: Level, secrets: readonly string[], to: Destination = process.stderr): Logger {
  const clean: Destination = { write: (line) => to.write(withoutSecrets(line, secrets)) };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, clean);
}

function withoutSecrets(line: string, secrets: readonly string[]): string {
  let clean = line;
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '[redacted]');
  return clean
    .replace(/("(?:proxy-)?(?:authorization|cookie|set-cookie)":)"(?:[^"\\]|\\.)*"/gi, '$1"[redacted]"')
    .replace(/\bBearer +[^\s"\\]+/gi, 'Bearer [redacted]')
    .replace(/([?&]token=)[^&\s"\\]+/gi, '$1[redacted]')
    .replace(/(\w:\/\/)[^/\s"@\\]+@/g, '$1[redacted]@');
}
