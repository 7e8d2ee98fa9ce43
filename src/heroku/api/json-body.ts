// Reads a body as JSON without ever quoting it, and only what could be an answer: a few megabytes of brackets take the
// parser seconds, and as many values the schemas minutes, and nothing else runs meanwhile.

/** Heroku's own answers are nested five deep. */
const DEEPEST = 64;
/** A page of a thousand apps has half as many. */
const MOST_VALUES = 100_000;

/**
 * Null for an empty body, undefined where it is no JSON, or none that anybody would send. The parser's own error quotes the
 * text, which may hold secrets.
 */
export function parseJson(text: string): unknown {
  if (text.trim() === '') return null;
  if (!isPlausible(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const [QUOTE, BACKSLASH, COMMA] = [...'"\\,'].map((one) => one.charCodeAt(0));
const [SQUARE, CURLY, SQUARE_END, CURLY_END] = [...'[{]}'].map((one) => one.charCodeAt(0));

/** One pass over the text, before anything is made of it. */
function isPlausible(text: string): boolean {
  let depth = 0;
  let values = 1;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === COMMA) values += 1;
    else if (code === SQUARE || code === CURLY) depth += 1;
    else if (code === SQUARE_END || code === CURLY_END) depth -= 1;
    if (depth > DEEPEST || values > MOST_VALUES) return false;
  }
  return true;
}
