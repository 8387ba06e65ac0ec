// Which parts does a multipart/byteranges body consist of? (RFC 9110 section 14.6, RFC 2046 section 5.1.1)
import { combined } from '../../shared/http/fields.ts';
import type { FieldLines } from '../../shared/http/fields.ts';

/** Content-Range and bytes of each part; undefined where the body is not exactly what its Content-Type and length say. */
export function partsIn({
  fields,
  body,
}: {
  readonly fields: FieldLines;
  readonly body: string;
}): [string, string][] | undefined {
  const boundary = /^multipart\/byteranges; ?boundary=([\w-]+)$/.exec(combined(fields, 'content-type') ?? '')?.[1];
  const length = combined(fields, 'content-length');
  if (boundary === undefined || (length !== undefined && length !== String(body.length))) return undefined;
  // a delimiter begins with the line break before it; the first may stand without one
  const [preamble, ...rest] = `\r\n${body}`.split(`\r\n--${boundary}`);
  if (preamble !== '' || rest.pop() !== '--\r\n') return undefined;
  const parts = rest.map((text) =>
    /^\r\n(?:[\w-]+: [^\r\n]*\r\n)*?Content-Range: ([^\r\n]*)\r\n(?:[\w-]+: [^\r\n]*\r\n)*\r\n(.*)$/s.exec(text),
  );
  return parts.every((part) => part !== null) ? parts.map((part) => [part[1]!, part[2]!]) : undefined;
}
