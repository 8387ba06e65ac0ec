// Which intermediaries name themselves in Via? (RFC 9110 section 7.6.3)
import type { FieldLines } from '../http/fields.ts';
import { indicesOf } from './read.ts';

export interface ViaMember {
  /** received-by: a host or a pseudonym. */
  readonly node: string;
  /** What stands in the parentheses behind it, where there are any; products name themselves there. */
  readonly comment: string;
  /** Index of its field line. */
  readonly line: number;
}

let latest: { readonly fields: FieldLines; readonly members: readonly ViaMember[] } | undefined;

/** The members of all Via lines, the nearest to the origin first; what is not `protocol received-by` is left out. */
export function viaOf(fields: FieldLines): readonly ViaMember[] {
  if (latest?.fields === fields) return latest.members;
  const indices = indicesOf(fields, 'via');
  const members =
    indices.length === 0 ? NONE : indices.toReversed().flatMap((line) => membersIn(fields[line]![1], line));
  latest = { fields, members };
  return members;
}

const NONE: readonly ViaMember[] = [];

function membersIn(value: string, line: number): ViaMember[] {
  return divided(value).flatMap((text) => {
    const [, node = ''] = text.split(/[ \t]+/, 2);
    if (node === '') return [];
    const open = text.indexOf('(');
    return [{ node, comment: open === -1 ? '' : text.slice(open + 1, text.endsWith(')') ? -1 : undefined), line }];
  });
}

/** At commas that stand in no comment. */
function divided(value: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  for (let i = 0; i < value.length; i++) {
    const character = value[i];
    if (character === '(') depth += 1;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (character === ',' && depth === 0) {
      parts.push(value.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(value.slice(start).trim());
  return parts;
}
