// What does every response tell the browser to forbid?

/** Nothing is loaded from elsewhere, nobody may frame the page or read our answers from another origin. */
export const headersOfAll: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'self'",
    // data and blob: a picture is drawn once more for its PNG
    "img-src 'self' data: blob:",
    // style attributes in Svelte's templates are set by innerHTML; style elements stay forbidden
    "style-src-attr 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};
