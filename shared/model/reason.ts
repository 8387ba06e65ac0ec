// Why does Strata say so? Claims carry codes; the sentences live here, and nowhere else.

export type Reason =
  | { readonly code: 'hit-by'; readonly field: string }
  | { readonly code: 'fwd-by'; readonly field: string };

/** One sentence for a person. */
export function sentence(reason: Reason): string {
  switch (reason.code) {
    case 'hit-by':
      return `${reason.field} says that this node answered from its store.`;
    case 'fwd-by':
      return `${reason.field} says that this node went forward.`;
  }
}
