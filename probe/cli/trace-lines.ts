// What is told of a trace while it runs, for programs: one JSON object a line.
import { causeDocument, isoInterval, receiptDocument } from '../../shared/documents.ts';
import type { TraceProgress } from '../trace/propagation.ts';
import { json, print } from './terminal.ts';

/** @param verb the command that tells it */
export function ndjson(verb: 'trace' | 'wait'): TraceProgress {
  const line = (type: string, document: object): void => print(json({ strata: 1, verb, type, ...document }, 0));
  return {
    onEvent: ({ id: _id, type, at, ...event }) => line(type, { ...event, at: isoInterval(at) }),
    onReceipt: (receipt) => line('receipt', receiptDocument(receipt)),
    onFlip: ({ flippedAt, ...flip }) => line('flip', { ...flip, flippedAt: isoInterval(flippedAt) }),
    onCause: (cause) => line('cause', causeDocument(cause)),
  };
}
