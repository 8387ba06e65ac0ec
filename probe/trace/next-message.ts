// Has something happened? Waits for a session's next message, but no longer than it is told.
import type { Session } from './session.ts';

/** Resolves with the next message of `session` (where given), after `seconds`, or when aborted. */
export function nextMessage(session: Session | undefined, signal: AbortSignal, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      unsubscribe?.();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    const unsubscribe = session?.subscribe(done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
