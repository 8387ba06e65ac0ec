// What did the operator write wrong, where, and what would be right?

export interface ConfigProblem {
  readonly file: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** Dotted path such as `layers[1].nodes[0].adress`; empty for the file as a whole. */
  readonly key: string;
  /** One sentence part that says what is wrong and what would be right. */
  readonly message: string;
}

/** The one error for what the operator wrote wrong; its message is for a person and names the remedy. Exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(message: string, problems: readonly ConfigProblem[] = [], options?: { readonly cause?: unknown }) {
    super(message, options);
    this.problems = problems;
  }
}

/** `strata.yaml:12:5 layers[0].budjet: unknown key; did you mean "budget"?` */
export function formatProblem(p: ConfigProblem): string {
  const where = `${p.file}:${p.line}:${p.column}`;
  return p.key === '' ? `${where} ${p.message}` : `${where} ${p.key}: ${p.message}`;
}

/** One error for all problems, the first twenty of them spelled out. */
export function configError(problems: readonly ConfigProblem[]): ConfigError {
  const lines = problems.slice(0, 20).map(formatProblem);
  if (problems.length > lines.length) lines.push(`and ${problems.length - lines.length} more`);
  return new ConfigError(lines.join('\n'), problems);
}

/** `['layers', 1, 'nodes', 0, 'adress']` as `layers[1].nodes[0].adress`. */
export function dotted(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? String(step) : `.${String(step)}`;
  }
  return text;
}
