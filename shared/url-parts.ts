// What does a written URL consist of? (RFC 3986 section 3; shared/ has no URL class, it is not part of the language)

export interface UrlParts {
  /** Lower case, without the colon. */
  readonly scheme: string;
  readonly userinfo?: string;
  readonly host: string;
  readonly port?: number;
  /** Path and query, at least `/`. */
  readonly path: string;
}

const URL_FORM =
  /^([a-z][a-z0-9+.-]*):\/\/(?:([^/?#]*)@)?(\[[0-9a-f:.]+\]|[^\s/?#:@[\]\\]+)(?::(\d{1,5}))?(\/[^?#]*)?(\?[^#]*)?(?:#.*)?$/i;

/** The parts of an absolute URL with an authority, or undefined when `written` is none. */
export function urlParts(written: string): UrlParts | undefined {
  const m = URL_FORM.exec(written);
  // eslint-disable-next-line no-control-regex
  if (m === null || /[\s\u0000-\u001f\u007f]/.test(written)) return undefined;
  const [, scheme = '', userinfo, host = '', port, path, query] = m;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  return {
    scheme: scheme.toLowerCase(),
    ...(userinfo !== undefined && { userinfo }),
    host: host.toLowerCase(),
    ...(port !== undefined && { port: Number(port) }),
    path: `${path ?? '/'}${query ?? ''}`,
  };
}

/** `https://shop.example:8443`: scheme, host and port as they were written, in lower case. */
export function originOf(parts: UrlParts): string {
  return `${parts.scheme}://${parts.host}${parts.port === undefined ? '' : `:${parts.port}`}`;
}
