// How is a value with many optional parts put together? Part by part: one spread for each costs several times as much.

/** The value while it is being made; nobody else has it yet. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };
