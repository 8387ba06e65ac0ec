// Where do a product and the model of it part ways in one scenario?
import { combined } from '../../shared/http/fields.ts';
import { hasOwnPrecondition } from '../scenarios/outcome.ts';
import type { ClientAnswer, NoAnswer, Outcome, StepOutcome } from '../scenarios/outcome.ts';
import type { Scenario, ScenarioStep } from '../scenarios/scenario.ts';

/** In the order in which they are looked at: what comes first explains what comes after. */
export const KINDS = ['forwarded', 'conditional', 'status', 'body', 'background', 'age'] as const;
export type Kind = (typeof KINDS)[number];

export interface Disagreement {
  /** Index of the step. */
  readonly step: number;
  readonly kind: Kind;
  readonly product: string;
  readonly model: string;
}

export interface Comparison {
  readonly agreed: number;
  readonly disagreement?: Disagreement;
  /** Steps after the first disagreement. */
  readonly after: number;
  /** Steps from the first on whose answer hangs on a few milliseconds. */
  readonly unclear: number;
}

/** What is compared of a step, each as a word. */
type Signs = Readonly<Record<Kind, string>>;

/** `early` and `late`: the model at either end of what was measured of each instant. */
export function compare(scenario: Scenario, product: Outcome, early: Outcome, late: Outcome): Comparison {
  const { steps } = scenario;
  for (const [i, step] of steps.entries()) {
    const [seen, one, other] = [product, early, late].map((outcome) => signsOf(step, outcome[i]!));
    const apart = KINDS.find((kind) => kind !== 'age' && one![kind] !== other![kind]);
    if (apart !== undefined) return { agreed: i, after: 0, unclear: steps.length - i };
    const kind = KINDS.find((kind) => seen![kind] !== one![kind] && seen![kind] !== other![kind]);
    if (kind === undefined) continue;
    const disagreement = { step: i, kind, product: seen![kind], model: one![kind] };
    return { agreed: i, disagreement, after: steps.length - i - 1, unclear: 0 };
  }
  return { agreed: steps.length, after: 0, unclear: 0 };
}

function signsOf(step: ScenarioStep, outcome: StepOutcome): Signs {
  const { clients, asked, background } = outcome;
  const isConditional = (requests: StepOutcome['asked']): boolean =>
    requests.some((request) => hasOwnPrecondition(request, outcome));
  return {
    forwarded: forwardedOf(step, asked.length),
    conditional: asked.length === 0 ? '-' : isConditional(asked) ? 'conditional' : 'whole',
    background: background.length === 0 ? 'none' : isConditional(background) ? 'conditional' : 'whole',
    status: each(clients, ({ status }) => (isGatewayError(step, status) ? 'gateway error' : String(status))),
    body: each(clients, ({ body, whole }) => (whole ? contentOf(body) : 'broken')),
    age: each(clients, ({ status, fields }) => (status >= 500 ? '-' : (combined(fields, 'age') ?? 'absent'))),
  };
}

/** Which of them a product says when its parent fails is a matter of taste. */
const isGatewayError = ({ answers }: ScenarioStep, status: number): boolean =>
  answers[0]?.fail !== undefined && status >= 502 && status <= 504;

/** How often is told only where it says whether two clients shared one fetch: a reset connection is tried again. */
function forwardedOf({ clients, answers }: ScenarioStep, count: number): string {
  if (count === 0) return 'from store';
  return clients > 1 && answers[0]?.fail === undefined ? `asked ${count} times` : 'asked';
}

const each = (clients: StepOutcome['clients'], said: (client: ClientAnswer) => string): string =>
  clients
    .map((client: ClientAnswer | NoAnswer) => ('failure' in client ? 'no answer' : said(client)))
    .sort()
    .join(' and ');

/** Generated bodies repeat one digit, the version. A page of the cache's own counts as none. */
function contentOf(body: string): string {
  const version = /^(\d)\1*$/.exec(body)?.[1];
  return version === undefined ? 'none' : `version ${version}, ${body.length} bytes`;
}
