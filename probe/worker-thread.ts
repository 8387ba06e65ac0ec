// How is one of our own files run in a thread of its own, from the source as well as from the build?
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/**
 * Starts the file `name` (without its ending) that stands beside the caller.
 * The build puts `name.js` beside main.js, also for code that ended in a chunk below it. Development and tests run the
 * source, which a worker on Node 20 reads only after tsx was registered inside it.
 * @param caller The caller's `import.meta.url`.
 */
export function startThread(caller: string, name: string, workerData?: unknown): Worker {
  if (caller.endsWith('.ts')) {
    const source = JSON.stringify(new URL(`./${name}.ts`, caller).href);
    const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
    const script = `import(${loader}).then((tsx) => { tsx.register(); return import(${source}); })`;
    return new Worker(script, { eval: true, workerData });
  }
  const beside = new URL(`./${name}.js`, caller);
  return new Worker(existsSync(beside) ? beside : new URL(`../${name}.js`, caller), { workerData });
}
