// What goes to the next hop? Its field lines are worked out when somebody asks for them.
import type { Behaviour } from '../dialects/dialect.ts';
import type { Fwd } from '../http/cache-status.ts';
import {
  validating,
  validatingBeside,
  withoutConditionals,
  withoutPreconditions,
  withStrongTag,
} from '../http/conditional.ts';
import { endToEnd } from '../http/fields.ts';
import type { FieldLines } from '../http/fields.ts';
import type { CacheState } from './cache-state.ts';
import { completingFields } from './complete.ts';
import type { Instant } from './interval.ts';
import type { NotStoredMark } from './not-stored.ts';
import type { Stored } from './stored.ts';
import type { CacheRequest, Completing, Forward } from './verdict.ts';

export class Asking<B> implements Forward<B> {
  readonly kind = 'forward';
  readonly request: CacheRequest;
  readonly exchange: number;
  readonly fwd: Fwd;
  readonly selected: Stored<B> | undefined;
  conditional = false;
  ifErrorUntil: Instant = -Infinity;
  collapse: string | undefined;
  completing: Completing<B> | undefined;
  mark: NotStoredMark | undefined;
  collapsed: false | undefined;
  /** It goes on as it came: nothing of the answer is to be stored for others. */
  asAsked = false;
  readonly #behaviour: Behaviour;
  #fields: FieldLines | undefined;

  constructor(cache: CacheState<B>, request: CacheRequest, exchange: number, fwd: Fwd, selected?: Stored<B>) {
    this.request = request;
    this.exchange = exchange;
    this.fwd = fwd;
    this.selected = selected;
    this.#behaviour = cache.behaviour;
  }

  get fields(): FieldLines {
    this.#fields ??= this.#worked();
    return this.#fields;
  }

  #worked(): FieldLines {
    const { request, selected, completing } = this;
    if (completing !== undefined) return completingFields(request.fields, completing);
    const kept = endToEnd(request.fields);
    if (this.asAsked) return kept;
    if (this.conditional && selected !== undefined) return validatingFor(this.#behaviour, kept, selected.fields);
    return unconditional(this.#behaviour, request);
  }
}

/** What goes to the next hop where nothing is validated. */
function unconditional(behaviour: Behaviour, { method, fields }: CacheRequest): FieldLines {
  const kept = endToEnd(fields);
  if (behaviour.fetchesWhole === true) return withoutConditionals(kept);
  return behaviour.dropsPreconditions === true && method === 'GET' ? withoutPreconditions(kept) : kept;
}

const validatingFor = (behaviour: Behaviour, kept: FieldLines, stored: FieldLines): FieldLines =>
  behaviour.validatesBeside === true
    ? validatingBeside(kept, stored)
    : tagged(behaviour, validating(kept, stored, behaviour.validatesByDate));

const tagged = ({ asksByStrongTag }: Behaviour, fields: FieldLines): FieldLines =>
  asksByStrongTag === true ? withStrongTag(fields) : fields;
