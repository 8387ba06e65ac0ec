// How much time and room may one exchange take?

/** Seconds, bytes and counts. */
export interface Limits {
  /** Seconds to resolve, connect and finish the TLS handshake. */
  readonly connect: number;
  /** Seconds from sending the request to the end of the final response head; interim responses do not renew it. */
  readonly head: number;
  /** Seconds without a byte of body. */
  readonly idle: number;
  /** Seconds for everything. */
  readonly total: number;
  /** Bytes of field names and values in one head (or in the trailers). */
  readonly headBytes: number;
  /** Field lines in the head and the trailers together. */
  readonly fields: number;
  /** Interim (1xx) responses. */
  readonly interim: number;
  /** Bytes of body as transferred. */
  readonly bodyBytes: number;
  /** Bytes of body after content decoding. */
  readonly decodedBytes: number;
  /** Decoded bytes for each transferred byte, once the decoded body is larger than 1 MiB. */
  readonly ratio: number;
  /** Content codings one on top of another. */
  readonly codings: number;
}

const KiB = 1024;
const MiB = 1024 * KiB;

export const LIMITS: Limits = {
  connect: 5,
  head: 10,
  idle: 10,
  total: 30,
  headBytes: 64 * KiB,
  fields: 512,
  interim: 16,
  bodyBytes: 10 * MiB,
  decodedBytes: 10 * MiB,
  ratio: 1000,
  codings: 2,
};
