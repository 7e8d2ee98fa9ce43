// Reads a body as JSON without ever quoting it.

/** Null for an empty body, undefined where it is no JSON. The parser's own error quotes the text, which may hold secrets. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
