// Does every origin serve the change by now? Asked again and again until it does, or time is out.
import { changeIn } from '../../shared/model/reading.ts';
import { pagesOf, withOrigins, type Wanted } from './answers.ts';
import { nextMessage } from './next-message.ts';
import type { Session } from './session.ts';
import { watch } from './watch.ts';

/** Resolves with true as soon as every origin node serves `expect` for every chosen page, with false after `budget` seconds. */
export async function originsServe(
  session: Session,
  wanted: Wanted & { readonly expect: string },
  budget: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { expect } = wanted;
  const origins = withOrigins(session, wanted).filter((p) => p.layer.role === 'origin');
  const pages = pagesOf(origins.filter((p) => p.target.sameAs === undefined));
  const serve = () => pages.every((p) => changeIn(session.reading, p.target, p.variant, expect).ready);
  const watching = watch(session, origins, { expect });
  const until = session.now() + budget;
  while (!serve() && !signal.aborted && session.now() < until) await nextMessage(session, signal, 0.25);
  await watching.stop();
  return serve();
}
