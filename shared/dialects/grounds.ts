// On what ground does each trait of a dialect's behaviour stand?
import type { Behaviour, Dialect } from './dialect.ts';

/** `measured`: a run of the product showed it; `documented`: a page of its makers says so; `assumed`: taken from the standard, or from hearsay. */
export type Ground = 'measured' | 'documented' | 'assumed';

export type Trait = keyof Behaviour;

/** The ground of most traits, and the traits that stand on another. */
export interface Grounds {
  readonly usual: Ground;
  /** The version that was measured, or the page that documents; absent: nobody's, the product is not known at all. */
  readonly by?: string;
  readonly except?: Readonly<Partial<Record<Ground, readonly Trait[]>>>;
}

/** An absent trait stands on a ground too: that the product there does as RFC 9111 says. */
export function groundOf({ grounds }: Pick<Dialect, 'grounds'>, trait: Trait): Ground {
  const excepted = GROUNDS.find((ground) => grounds.except?.[ground]?.includes(trait));
  return excepted ?? grounds.usual;
}

const GROUNDS: readonly Ground[] = ['measured', 'documented', 'assumed'];

/** What is inferred must then hold for every usual product. */
export const isAssumed = (dialect: Pick<Dialect, 'grounds'>, trait: Trait): boolean =>
  groundOf(dialect, trait) === 'assumed';

/** Whether it stands for any product at all. */
export const isUnrecognised = ({ grounds }: Pick<Dialect, 'grounds'>): boolean =>
  grounds.usual === 'assumed' && grounds.by === undefined;
