// What does a caught error say? JavaScript lets anything be thrown.

/** `code` is empty where the error has none. */
export function errorText(error: unknown): { readonly code: string; readonly message: string; readonly name: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error), name: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { code, message: error.message, name: error.name };
}
