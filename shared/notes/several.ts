// Which topics read several answers? Each has an entry point of its own; here they stand together for whoever lists notes.
import { codings } from './codings.ts';
import { conditional } from './conditional.ts';
import type { Kind } from './note.ts';
import { otherwiseAsked } from './otherwise-asked.ts';
import { pageAssets } from './page-assets.ts';
import { repeated } from './repeated.ts';

/** Every kind of note on several answers, by id. */
export const kindsOfSeveral: Readonly<Record<string, Kind>> = {
  ...conditional.kinds,
  ...repeated.kinds,
  ...codings.kinds,
  ...otherwiseAsked.kinds,
  ...pageAssets.kinds,
};
