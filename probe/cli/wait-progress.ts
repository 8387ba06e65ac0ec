// How far has it come? One line redrawn on a terminal, a line now and then in a pipeline's log, objects for programs.
import { stripVTControlCharacters } from 'node:util';
import { spokenDuration } from '../../shared/duration.ts';
import type { OutputOptions } from './options.ts';
import { json, print, tell } from './terminal.ts';

interface LayerNow {
  readonly layer: string;
  /** Places that show the change now, out of all that are waited for. */
  readonly seen: number;
  readonly of: number;
}

export interface WaitProgress {
  /** One whole line beside the progress, on stderr. */
  line(text: string): void;
  end(): void;
}

/** Milliseconds. */
const REDRAW = 250;
const LOG_EVERY = 10_000;
const PROGRAMS_EVERY = 1000;

/** `edge 3 of 8 · shield 2 of 2 · 12 s` */
export const progressText = (layers: readonly LayerNow[], seconds: number): string =>
  [...layers.map(({ layer, seen, of }) => `${layer} ${seen} of ${of}`), spokenDuration(Math.round(seconds))].join(
    ' · ',
  );

/** Shows it until `end`. `elapsed` is seconds since the beginning. */
export function showProgress(
  options: OutputOptions,
  layers: () => readonly LayerNow[],
  elapsed: () => number,
): WaitProgress {
  if (options.json === true) return forPrograms(options, layers, elapsed);
  if (options.quiet === true) return { line: () => undefined, end: () => undefined };
  return process.stderr.isTTY ? onTerminal(layers, elapsed) : inLog(layers, elapsed);
}

function forPrograms({ quiet }: OutputOptions, layers: () => readonly LayerNow[], elapsed: () => number): WaitProgress {
  const tellNow = () => {
    const seconds = Math.round(elapsed() * 1000) / 1000;
    print(json({ strata: 1, verb: 'wait', type: 'progress', seconds, layers: layers() }, 0));
  };
  const timer = quiet === true ? undefined : setInterval(tellNow, PROGRAMS_EVERY);
  return { line: () => undefined, end: () => clearInterval(timer) };
}

function inLog(layers: () => readonly LayerNow[], elapsed: () => number): WaitProgress {
  const timer = setInterval(() => tell(progressText(layers(), elapsed())), LOG_EVERY);
  return { line: tell, end: () => clearInterval(timer) };
}

const CLEAR = '\r\u001b[2K';

function onTerminal(layers: () => readonly LayerNow[], elapsed: () => number): WaitProgress {
  const { stderr } = process;
  const draw = () => {
    // a line that wraps cannot be redrawn; some terminals say that they have no columns
    const shown = stripVTControlCharacters(progressText(layers(), elapsed())).slice(0, (stderr.columns || 80) - 1);
    stderr.write(CLEAR + shown);
  };
  draw();
  const timer = setInterval(draw, REDRAW);
  return {
    line(text) {
      stderr.write(`${CLEAR}${text}\n`);
      draw();
    },
    end() {
      clearInterval(timer);
      stderr.write(CLEAR);
    },
  };
}
