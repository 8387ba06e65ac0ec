// Which URI does a reference mean? (RFC 3986 section 5.2)

const PARTS = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?/is;

/** The absolute URI that `reference` means beside `base`, an absolute one; without fragment, dot segments resolved. */
export function resolved(reference: string, base: string): string {
  const [, scheme, authority, path = '', query] = PARTS.exec(reference) ?? [];
  const [, baseScheme = '', baseAuthority = '', basePath = '', baseQuery] = PARTS.exec(base) ?? [];
  if (scheme !== undefined)
    return `${scheme.toLowerCase()}:${authority === undefined ? '' : `//${authority}`}${undotted(path)}${query ?? ''}`;
  if (authority !== undefined) return `${baseScheme}://${authority}${undotted(path)}${query ?? ''}`;
  const root = `${baseScheme}://${baseAuthority}`;
  if (path === '') return `${root}${basePath}${query ?? baseQuery ?? ''}`;
  const merged = path.startsWith('/') ? path : basePath.replace(/[^/]*$/, '') + path;
  return `${root}${undotted(merged.startsWith('/') ? merged : `/${merged}`)}${query ?? ''}`;
}

/** Section 5.2.4, for paths that begin with a slash. */
function undotted(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  segments.forEach((segment, i) => {
    const isLast = i === segments.length - 1;
    if (segment === '..') {
      if (kept.length > 1) kept.pop();
      if (isLast) kept.push('');
    } else if (segment !== '.') kept.push(segment);
    else if (isLast) kept.push('');
  });
  return kept.join('/');
}
