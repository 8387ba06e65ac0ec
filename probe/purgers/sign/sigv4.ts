// How does a request prove to AWS who sends it? Signature Version 4: a keyed hash over the request as it is sent.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHash, createHmac } from 'node:crypto';
import type { FieldLine } from '../../../shared/http/fields.ts';
import type { Instant } from '../../../shared/model/interval.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** With credentials that last for a session only. */
  readonly sessionToken?: string | undefined;
}

export interface AwsRequest {
  readonly method: string;
  readonly url: string;
  /** Those to be signed, beside Host and what is added; no name twice. */
  readonly headers: readonly FieldLine[];
  readonly body: string;
  readonly region: string;
  readonly service: string;
}

/** The header lines that are sent beside the request's own; the last one is the signature. */
export function sigv4(request: AwsRequest, credentials: AwsCredentials, now: Instant): FieldLine[] {
  const time = new Date(now * 1000).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const bodyHash = sha256(request.body);
  const added: FieldLine[] = [
    ['x-amz-content-sha256', bodyHash],
    ['x-amz-date', time],
    ...(credentials.sessionToken === undefined
      ? []
      : [['x-amz-security-token', credentials.sessionToken] satisfies FieldLine]),
  ];
  const url = new URL(request.url);
  const signed = [['host', url.host] satisfies FieldLine, ...request.headers, ...added]
    .map(([name, value]): FieldLine => [name.toLowerCase(), value.trim().replaceAll(/\s+/g, ' ')])
    .toSorted(byText);
  const names = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = [request.method, pathOf(url), queryOf(url), lines, names, bodyHash].join('\n');
  const scope = [time.slice(0, 8), request.region, request.service, 'aws4_request'];
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<Buffer | string>((k, part) => hmac(k, part), `AWS4${credentials.secretAccessKey}`);
  const proof = `Credential=${credentials.accessKeyId}/${scope.join('/')}, SignedHeaders=${names}, Signature=${hmac(key, toSign).toString('hex')}`;
  return [...added, ['authorization', `AWS4-HMAC-SHA256 ${proof}`]];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const byText = (a: FieldLine, b: FieldLine): number => order(a[0], b[0]) || order(a[1], b[1]);
const order = (a: string, b: string): number => Number(a > b) - Number(a < b);

/** Everything but RFC 3986's unreserved characters. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Escaped once more than it is sent, without empty segments: every service but S3 does so. */
function pathOf({ pathname }: URL): string {
  const segments = pathname.split('/').filter((s) => s !== '');
  const end = segments.length > 0 && pathname.endsWith('/') ? '/' : '';
  return `/${segments.map(escaped).join('/')}${end}`;
}

const queryOf = ({ searchParams }: URL): string =>
  [...searchParams]
    .map(([name, value]): FieldLine => [escaped(name), escaped(value)])
    .toSorted(byText)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
