// What did somebody paste, drop or choose, and which responses are in it?
import { recordingIn } from '../../shared/recorded/recording.ts';
import type { RecordedResponse } from '../../shared/recorded-response.ts';

/** Bytes. A HAR with the content of every response may be large; beyond this the browser's tab would not bear it. */
export const LARGEST = 200 * 2 ** 20;

/** Responses, or one sentence that says why there are none. */
export type Given =
  | { readonly name: string; readonly responses: readonly RecordedResponse[] }
  | { readonly name: string; readonly problem: string };

/** @param name What to call it in a sentence: a file's name, or `The pasted text`. */
export function givenText(text: string, name: string, isUtf8 = true): Given {
  const recording = recordingIn(text, isUtf8);
  return 'refused' in recording
    ? { name, problem: `${name} ${recording.refused}.` }
    : { name, responses: recording.responses };
}

/** Windows PowerShell writes what it is piped in UTF-16; all else is UTF-8, or is told to be none. */
export function givenBytes(bytes: Uint8Array, name: string): Given {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return givenText(new TextDecoder('utf-16le').decode(bytes), name);
  try {
    return givenText(new TextDecoder('utf-8', { fatal: true }).decode(bytes), name);
  } catch {
    // the decoder's only way to say that these bytes are no UTF-8
    return givenText(new TextDecoder().decode(bytes), name, false);
  }
}
