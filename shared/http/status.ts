// Which status codes does a cache understand, and which may it keep unasked? (RFC 9110 sections 15 and 15.1)

const HEURISTICALLY_CACHEABLE = new Set([200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]);

/** Final, and known with its caching behaviour; 206 and 304 are parts of other responses, which are not combined. */
const UNDERSTOOD = new Set(
  [
    [200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 305, 307, 308],
    [400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426],
    [500, 501, 502, 503, 504, 505],
  ].flat(),
);

export const isHeuristicallyCacheable = (status: number): boolean => HEURISTICALLY_CACHEABLE.has(status);

export const isUnderstood = (status: number): boolean => UNDERSTOOD.has(status);

/** The failures in which stale-if-error speaks (RFC 5861 section 4). */
export const isServerFailure = (status: number): boolean => SERVER_FAILURES.has(status);

const SERVER_FAILURES = new Set([500, 502, 503, 504]);

/** Methods that change nothing at the origin (RFC 9110 section 9.2.1). */
export const isSafe = (method: string): boolean => method === 'GET' || SAFE.has(method);

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
