// How is a disagreement shown to people: as a scenario that can be played again, and as a line of a table?
import { Document, isScalar, isSeq, visit } from 'yaml';
import type { OriginAnswer, Scenario, ScenarioStep } from '../scenarios/scenario.ts';
import { answerText, requestText } from './known.ts';
import type { Finding } from './shrink.ts';

/** A case file with this one scenario; what is as usual is left out. */
export function asYaml({ scenario, disagreement }: Finding, product: string): string {
  const { step, kind, product: did, model } = disagreement;
  const said = `# step ${step + 1}, ${kind}: ${product} ${did}; the model ${model}`;
  const written = {
    id: scenario.id,
    reference: scenario.reference,
    kind: scenario.kind,
    steps: briefSteps(scenario),
  };
  return `${said}\n${yamlOf([written])}`;
}

/** The steps as a case file writes them. */
export const briefSteps = ({ steps }: Scenario): object[] => steps.map(brief);

/** A field line on one line. */
export function yamlOf(written: object): string {
  const doc = new Document(written);
  visit(doc, {
    Seq: (_, seq) => {
      if (seq.items.every((item) => isScalar(item) || (isSeq(item) && item.items.every(isScalar)))) seq.flow = true;
    },
  });
  return doc.toString({ flowCollectionPadding: false, lineWidth: 140, singleQuote: true });
}

function brief({ wait, clients, request, answers }: ScenarioStep): object {
  const { method, fields, body } = request;
  const isPlain = method === 'GET' && fields.length === 0;
  const asks = {
    ...(method === 'GET' ? {} : { method }),
    ...(fields.length > 0 ? { fields } : {}),
    ...given({ body }),
  };
  return {
    ...(wait > 0 ? { wait } : {}),
    ...(clients > 1 ? { clients } : {}),
    ...(isPlain ? {} : { request: asks }),
    answers: answers.map(briefAnswer),
  };
}

const briefAnswer = ({ status, fields, date, body, fail, validates }: OriginAnswer): object => ({
  ...(status === 200 ? {} : { status }),
  ...(date ? {} : { date }),
  ...(validates ? { validates } : {}),
  ...given({ fail }),
  ...(fields.length > 0 ? { fields } : {}),
  ...(fail === undefined ? given({ body }) : {}),
});

const given = <T extends Record<string, unknown>>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

/** One line that groups what is alike: kind, and what both did without versions. */
export function labelOf({ disagreement: { kind, product, model } }: Pick<Finding, 'disagreement'>): string {
  return `${kind}: product ${withoutFigures(product)}, model ${withoutFigures(model)}`;
}

/** Which version, and how many seconds of Age, do not tell what happened. */
const withoutFigures = (text: string): string =>
  text.replaceAll(/version \d/g, 'a version').replaceAll(/(?<=^|and )\d{1,2}(?= |$)/g, 'n');

/** How many of each label, the most frequent first. */
export function counted(labels: readonly string[]): [label: string, count: number][] {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** The scenario without its figures: two that differ in nothing else show the same. */
export const shapeOf = ({ steps }: Scenario): string =>
  steps
    .map(({ clients, request, answers }) => [clients, requestText(request), ...answers.map(answerText)].join('\n'))
    .join('\n\n')
    .replaceAll(/\d+/g, '0');
