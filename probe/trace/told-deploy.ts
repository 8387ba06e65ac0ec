// Can a deploy have been when somebody says it was? What comes later than now, or is older than a day, would spoil every figure counted from it.
import type { Instant } from '../../shared/model/interval.ts';
import { RequestProblem } from '../server/engine.ts';

/** Another machine's clock may be ahead of ours by so much. Seconds. */
const AHEAD = 5;

/** Nothing that older deploys brought is still on its way. Seconds. */
const OLDEST = 86_400;

/**
 * The instant that was told, in seconds. @throws RequestProblem where it lies in the future, or more than a day back
 * @param told ISO 8601, as the request's schema has checked
 * @param place Dotted path of it in the request.
 */
export function deployInstant(told: string, place: string, now: Instant): Instant {
  const at = Date.parse(told) / 1000;
  if (at > now + AHEAD) {
    throw new RequestProblem(
      place,
      `${told} is still to come by the clock of this service; tell a deploy when it is done, and leave the time out for now.`,
    );
  }
  if (at < now - OLDEST) {
    throw new RequestProblem(
      place,
      `${told} is more than a day ago, and nothing can be counted from it any more; tell a later deploy, or leave the time out for now.`,
    );
  }
  return at;
}
