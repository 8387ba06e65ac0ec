// What do the vendors' own libraries make of a request? AWS's and Akamai's, asked for the signature alone.
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from '../../../../probe/purgers/sign/sigv4.ts';
import type { EdgeGridCredentials } from '../../../../probe/purgers/sign/edgegrid.ts';

/** Akamai's own library; it tells its log, to standard output, every signature it makes. */
interface EdgeGridAuth {
  generateAuth(
    request: { method: string; path: string; body: string; headers: Record<string, string> },
    clientToken: string,
    clientSecret: string,
    accessToken: string,
    host: string,
    maxBody: number,
    nonce: string,
    timestamp: string,
  ): { readonly headers: { readonly Authorization: string } };
}
const require = createRequire(import.meta.url);
const edgeGridAuth = require('../../../../node_modules/akamai-edgegrid/src/auth.js') as EdgeGridAuth;

/** What AWS's own library hashes with. */
class Sha256 {
  private readonly hash: Hash | Hmac;
  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = key === undefined ? createHash('sha256') : createHmac('sha256', bytes(key));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytes(data));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
  reset(): void {}
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

export interface ForAws {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly contentType: string | undefined;
  /** Signed as well. */
  readonly acceptEncoding?: string;
  readonly body: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly now: Date;
}

/** All header lines that AWS's library would send. */
export async function awsSignature({
  host,
  contentType,
  acceptEncoding,
  credentials,
  ...r
}: ForAws): Promise<Record<string, string>> {
  const { sessionToken, ...lasting } = credentials;
  const signer = new SignatureV4({
    credentials: sessionToken === undefined ? lasting : { ...lasting, sessionToken },
    region: r.region,
    service: 'cloudfront',
    sha256: Sha256,
  });
  const headers = {
    host,
    ...(contentType !== undefined && { 'content-type': contentType }),
    ...(acceptEncoding !== undefined && { 'accept-encoding': acceptEncoding }),
  };
  const request = {
    method: r.method,
    protocol: 'https:',
    hostname: host,
    path: r.path,
    query: r.query ?? {},
    headers,
    body: r.body,
  };
  return (await signer.sign(request, { signingDate: r.now })).headers;
}

export interface ForAkamai {
  /** With its scheme. */
  readonly host: string;
  readonly path: string;
  readonly body: string;
  readonly credentials: EdgeGridCredentials;
  readonly nonce: string;
  /** As Akamai writes it. */
  readonly timestamp: string;
}

/** The Authorization that Akamai's library would send with a POST. */
export const akamaiSignature = ({ host, path, body, credentials, nonce, timestamp }: ForAkamai): string =>
  edgeGridAuth.generateAuth(
    { method: 'POST', path, body, headers: {} },
    credentials.clientToken,
    credentials.clientSecret,
    credentials.accessToken,
    host,
    131_072,
    nonce,
    timestamp,
  ).headers.Authorization;
