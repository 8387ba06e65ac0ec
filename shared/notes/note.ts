// What is a note on a response, and how are notes of one topic declared?

/** `good`: as it should be; `info`: worth knowing; `warning`: may hurt; `bad`: does hurt, or cannot be what was meant. */
export type Level = 'good' | 'info' | 'warning' | 'bad';

/** What is the same in every note of one id. */
export interface Kind {
  readonly level: Level;
  /** Why it matters: one or two sentences for a person. */
  readonly why: string;
  /** What to do about it; one sentence. */
  readonly remedy: string;
  /** The section of the standard, or the vendor's page. */
  readonly reference: string;
}

export interface Note extends Kind {
  readonly id: string;
  /** What was found here; one sentence. */
  readonly summary: string;
  /** What was asked and answered, one line each; where requests were made to find out. */
  readonly evidence?: readonly string[];
}

/** Says one note of this topic. */
export type Say<Id extends string> = (id: Id, summary: string, evidence?: readonly string[]) => void;

/** Notes on one subject, read from a scene: one response, or several. */
export interface Topic<S> {
  readonly kinds: Readonly<Record<string, Kind>>;
  read(scene: S): Note[];
}

/** A topic: its kinds by id, and the rule that says when each is uttered. */
export function topic<S, Id extends string>(
  kinds: Readonly<Record<Id, Kind>>,
  tell: (scene: S, say: Say<NoInfer<Id>>) => void,
): Topic<S> {
  return {
    kinds,
    read(scene) {
      const notes: Note[] = [];
      tell(scene, (id, summary, evidence) => {
        notes.push({ id, summary: sentence(summary), ...kinds[id], ...(evidence !== undefined && { evidence }) });
      });
      return notes;
    },
  };
}

/** What is called by no name may begin a sentence; names keep their own case. */
const sentence = (summary: string): string => summary.replace(/^an unrecognised cache\b/, 'An unrecognised cache');

/** Link to a section of an RFC: `rfc(9111, '5.2.2')`. */
export const rfc = (number: number, section: string): string =>
  `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`;

export const NOTHING_TO_DO = 'Nothing has to be done.';
