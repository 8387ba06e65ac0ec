// Does what was seen agree with what a scenario expects? Every disagreement as a sentence.
import { combined } from '../../shared/http/fields.ts';
import type { FieldLines } from '../../shared/http/fields.ts';
import { bodyOf } from './answer.ts';
import { hasOwnPrecondition } from './outcome.ts';
import type { ClientAnswer, Outcome, StepOutcome } from './outcome.ts';
import { partsIn } from './multipart.ts';
import type { Expectation, Scenario, ScenarioStep } from './scenario.ts';

/** Empty where everything is as expected. */
export function judge(scenario: Scenario, outcome: Outcome): string[] {
  return scenario.steps.flatMap((step, i) => {
    const seen = outcome[i];
    if (seen === undefined) return [`step ${i + 1}: was not played`];
    return [...askedFaults(step, seen), ...answerFaults(step, seen)].map((fault) => `step ${i + 1}: ${fault}`);
  });
}

function askedFaults({ expect }: ScenarioStep, seen: StepOutcome): string[] {
  if (expect === undefined) return [];
  const last = [...seen.asked, ...seen.background].at(-1);
  return [
    ...arrivalFault('before the client had its answer', expect.origin, seen.asked, seen),
    ...arrivalFault('in the background', expect.background, seen.background, seen),
    ...Object.entries(expect.sent).flatMap(([name, wanted]) =>
      last === undefined
        ? [`the origin was not asked, so it got no ${name}`]
        : fieldFault('the request to the origin', last.fields, name, wanted),
    ),
  ];
}

function arrivalFault(
  when: string,
  wanted: Expectation['origin'],
  arrivals: StepOutcome['asked'],
  seen: StepOutcome,
): string[] {
  const last = arrivals.at(-1);
  const isConditional = last !== undefined && hasOwnPrecondition(last, seen);
  switch (wanted) {
    case undefined:
      return [];
    case 'not-asked':
      return last === undefined ? [] : [`the origin was asked ${when}`];
    case 'asked':
      return last === undefined ? [`the origin was not asked ${when}`] : [];
    case 'conditional':
      if (last === undefined) return [`the origin was not asked ${when}`];
      return isConditional ? [] : [`the origin was asked ${when} without a precondition of the cache's own`];
    case 'unconditional':
      if (last === undefined) return [`the origin was not asked ${when}`];
      return isConditional ? [`the origin was asked ${when} with a precondition of the cache's own`] : [];
  }
}

function answerFaults({ expect }: ScenarioStep, { clients }: StepOutcome): string[] {
  if (expect === undefined) return [];
  return clients.flatMap((client, i) => {
    const who = clients.length === 1 ? 'the client' : `client ${i + 1}`;
    if ('failure' in client) return [`${who} got no answer: ${client.failure}`];
    return [
      ...statusFault(expect, client),
      ...bodyFault(expect, client),
      ...partsFault(expect, client),
      ...wholeFault(expect, client),
      ...ageFault(expect, client),
      ...Object.entries(expect.fields).flatMap(([name, wanted]) =>
        fieldFault('the response', client.fields, name, wanted),
      ),
    ].map((fault) => (clients.length === 1 ? fault : `${who}: ${fault}`));
  });
}

const statusFault = ({ status }: Expectation, got: ClientAnswer): string[] =>
  status === undefined || status === got.status ? [] : [`the status is ${got.status}, not ${status}`];

function bodyFault({ body }: Expectation, got: ClientAnswer): string[] {
  if (body === undefined) return [];
  const wanted = typeof body === 'number' ? bodyOf(body) : body;
  return got.body === wanted ? [] : [`the body is ${JSON.stringify(got.body)}, not ${JSON.stringify(wanted)}`];
}

function partsFault({ parts }: Expectation, got: ClientAnswer): string[] {
  if (parts === undefined) return [];
  const read = partsIn(got);
  if (read === undefined) return [`the body is no multipart/byteranges: ${JSON.stringify(got.body)}`];
  const same = JSON.stringify(read) === JSON.stringify(parts);
  return same ? [] : [`the parts are ${JSON.stringify(read)}, not ${JSON.stringify(parts)}`];
}

const wholeFault = ({ whole }: Expectation, got: ClientAnswer): string[] =>
  whole === undefined || whole === got.whole ? [] : [`the content ${got.whole ? 'came whole' : 'broke off'}`];

function ageFault({ age }: Expectation, got: ClientAnswer): string[] {
  if (age === undefined) return [];
  const shown = combined(got.fields, 'age');
  const [least, most] = age;
  const isWithin = shown !== undefined && /^\d+$/.test(shown) && Number(shown) >= least && Number(shown) <= most;
  return isWithin ? [] : [`Age is ${shown ?? 'absent'}, not ${least} to ${most}`];
}

function fieldFault(where: string, fields: FieldLines, name: string, wanted: string | null): string[] {
  const value = combined(fields, name);
  const shown = value === undefined ? `${where} has no ${name}` : `${where} has ${name}: ${value}`;
  if (wanted === null) return value === undefined ? [] : [`${shown}, which should not be there`];
  const pattern = /^\/(.*)\/$/s.exec(wanted)?.[1];
  const holds = value !== undefined && (pattern === undefined ? value === wanted : new RegExp(pattern).test(value));
  return holds ? [] : [`${shown}, not ${wanted}`];
}
