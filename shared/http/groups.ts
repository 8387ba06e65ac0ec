// Which groups does a response belong to, and which does an unsafe request end? (RFC 9875)
import { parseList } from 'structured-headers';
import type { FieldLines } from './fields.ts';
import { valuesOf } from './fields.ts';

/** Groups that one response may name: the least that section 2 asks a cache to support, several times over. */
const MOST = 256;

/** The groups of Cache-Groups, or of Cache-Group-Invalidation; none where the field is no list of strings. */
export function groupsIn(fields: FieldLines, name: 'cache-groups' | 'cache-group-invalidation'): readonly string[] {
  const lines = valuesOf(fields, name);
  if (lines.length === 0) return [];
  try {
    const members: unknown[] = parseList(lines.join(', ')).map(([value]) => value);
    const groups = members.filter((member) => typeof member === 'string');
    return groups.length === members.length ? groups.slice(0, MOST) : [];
  } catch {
    return [];
  }
}
